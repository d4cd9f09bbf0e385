#include "config/accounts_csv.hpp"

#include "config/load_configuration.hpp"
#include "protocol/base/csv_reader.hpp"

#include <utility>

namespace stellwerk {
namespace {

constexpr std::uintmax_t max_file = 1024 * mebibyte;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::vector<account_cell> cells_of(const std::vector<csv_field>& fields) {
  std::vector<account_cell> cells;
  cells.reserve(fields.size());
  for (const auto& field : fields)
    cells.push_back({field.text, {field.line, field.column}});
  return cells;
}

} // namespace

account_rows parse_accounts(std::string_view text, const std::string& file, diagnostics& out) {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  csv_reader csv{account_row_reader::max_value};
  account_row_reader reader{{file, "line", "the first line"}, out};
  bool header_read = false;
  bool goes_on = true;
  const auto handle = [&](const csv_event& event) {
    if (event.status == csv_status::need_more)
      return;
    if (event.status != csv_status::record)
      // A broken header leaves no columns; its rows cannot be judged.
      reader.problem({event.line, event.column}, "", std::string{text_of(event.status)});
    else if (header_read)
      goes_on = reader.read_row(cells_of(csv.fields()));
    else
      reader.read_columns(cells_of(csv.fields()));
    header_read = true;
  };
  while (!text.empty() && goes_on)
    handle(csv.take(text));
  handle(csv.finish());
  if (!header_read)
    reader.problem({1, 1}, "",
                   "is empty, the first line must name the columns: login,domain,"
                   "old_login,new_login,senders,pin");
  return reader.finish();
}

account_rows read_accounts_csv(const std::filesystem::path& file, diagnostics& out) {
  const auto text = read_file(file, out, max_file);
  return text ? parse_accounts(*text, file.string(), out) : account_rows{};
}

} // namespace stellwerk

#include "config/accounts_csv.hpp"

#include "config/load_configuration.hpp"
#include "protocol/base/csv_reader.hpp"
#include "protocol/base/domain_name.hpp"
#include "protocol/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::uintmax_t max_file = 1024 * mebibyte;
constexpr std::size_t max_record = std::size_t{64} * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 6> columns{"login",     "domain",  "old_login",
                                                  "new_login", "senders", "pin"};
constexpr auto unnamed = columns.size();

class accounts_reader {
public:
  accounts_reader(std::string file, diagnostics& out) : file_{std::move(file)}, out_{out} {}

  void on_fault(const csv_event& event) {
    header_read_ = true; // A broken header has been reported; its rows cannot be judged.
    report({event.line, event.column}, "", std::string{text_of(event.status)});
  }

  void on_record(const std::vector<csv_field>& fields) {
    if (header_read_)
      on_row(fields);
    else
      on_header(fields);
  }

  std::vector<account> finish() {
    if (!header_read_)
      report({1, 1}, "",
             "is empty, the first line must name the columns: login,domain,"
             "old_login,new_login,senders,pin");
    check_pins();
    return std::move(accounts_);
  }

private:
  using row = std::array<const csv_field*, columns.size()>;

  void report(position where, std::string_view column, std::string what,
              severity weight = severity::problem) {
    out_.push_back({file_, where, std::string{column}, std::move(what), weight});
  }
  void report(const csv_field& field, std::string_view column, std::string what) {
    report({field.line, field.column}, column, std::move(what));
  }

  void on_header(const std::vector<csv_field>& fields) {
    header_read_ = true;
    const std::vector<std::string_view> known(columns.begin(), columns.end());
    for (const auto& field : fields) {
      const auto named = static_cast<std::size_t>(
          std::find(columns.begin(), columns.end(), field.text) - columns.begin());
      if (named == unnamed)
        report(field, "",
               "unknown column " + in_quotes(field.text) + suggestion(field.text, known));
      else if (std::find(order_.begin(), order_.end(), named) != order_.end())
        report(field, "", "doubled column " + field.text);
      order_.push_back(named);
    }
    if (std::find(order_.begin(), order_.end(), 0U) == order_.end()) {
      report({fields.front().line, 1}, "", "the first line must name the column login");
      order_.clear();
    }
  }

  void on_row(const std::vector<csv_field>& fields) {
    if (order_.empty())
      return;
    if (fields.size() != order_.size()) {
      report({fields.front().line, 1}, "",
             "has " + std::to_string(fields.size()) + " fields, the first line names "
                 + std::to_string(order_.size()));
      return;
    }
    row cells{};
    bool sound = true;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto column = order_[i];
      if (column == unnamed)
        continue;
      cells[column] = &fields[i];
      sound = check_octets(fields[i], columns[column]) && sound;
    }
    if (sound)
      add(cells);
  }

  bool check_octets(const csv_field& field, std::string_view column) {
    if (!is_utf8(field.text)) {
      report(field, column, "is not UTF-8; save the file in that charset");
      return false;
    }
    for (const char c : field.text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
        report(field, column, in_quotes(field.text) + " holds a control character");
        return false;
      }
    return true;
  }

  void add(const row& cells) {
    const auto text = [&](std::size_t column) {
      return cells[column] != nullptr ? cells[column]->text : std::string{};
    };
    account one;
    one.login = text(0);
    one.old_login = text(2);
    one.new_login = text(3);
    const auto& login = *cells[0];
    if (one.login.empty()) {
      report(login, "login", "is empty");
      return;
    }
    if (one.login.front() == ' ' || one.login.back() == ' ')
      report(login, "login", in_quotes(one.login) + " begins or ends with a blank");
    if (const auto [at, fresh] = lines_.emplace(one.login, login.line); !fresh) {
      report(login, "login",
             in_quotes(one.login) + " is already in line " + std::to_string(at->second));
      return;
    }
    add_domain(one, login, cells[1]);
    if (cells[4] != nullptr)
      add_senders(one, *cells[4]);
    if (cells[5] != nullptr && !cells[5]->text.empty()) {
      one.pin = parse_side(cells[5]->text);
      if (!one.pin)
        report(*cells[5], "pin", in_quotes(cells[5]->text) + " is not old, new or empty");
    }
    places_.push_back({login.line, login.column});
    accounts_.push_back(std::move(one));
  }

  void add_domain(account& one, const csv_field& login, const csv_field* domain) {
    const bool written = domain != nullptr && !domain->text.empty();
    const bool bare = one.login.find('@') == std::string::npos;
    if (!written && bare) {
      report(login, "domain",
             in_quotes(one.login) + " has no @, so its domain must be written");
      return;
    }
    auto key = written ? domain_key(domain->text) : domain_key_of_address(one.login);
    if (key)
      one.domain = std::move(*key);
    else if (written)
      report(*domain, "domain", in_quotes(domain->text) + " is no domain");
    else
      report(login, "login", "what follows the @ of " + in_quotes(one.login) + " is no domain");
  }

  void add_senders(account& one, const csv_field& field) {
    std::string_view rest = field.text;
    while (!rest.empty()) {
      const auto word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      if (word.empty())
        continue;
      if (auto pattern = parse_sender_pattern(word))
        one.senders.push_back(std::move(*pattern));
      else
        report(field, "senders", in_quotes(word) + " is not an address, @domain or *");
    }
  }

  // Mail for one address cannot be pulled to both sides, and should not be pulled away from the
  // account that reads it.
  void check_pins() {
    struct claim {
      side to;
      int line;
    };
    std::unordered_map<std::string, claim> claims;
    const auto name
        = [](const address_parts& address) { return address.local + '@' + address.domain; };
    const auto each_address = [](const account& one, auto action) {
      if (const auto own = split_address(one.login))
        action(*own);
      for (const auto& sender : one.senders)
        if (sender.kind == sender_pattern::form::address)
          action(sender.address);
    };
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      if (const auto pin = accounts_[i].pin)
        each_address(accounts_[i], [&](const address_parts& address) {
          const auto [at, fresh] = claims.emplace(name(address), claim{*pin, places_[i].line});
          if (!fresh && at->second.to != *pin)
            report(places_[i], "pin",
                   "delivery of " + name(address) + " is pinned to "
                       + std::string{text_of(at->second.to)} + " in line "
                       + std::to_string(at->second.line) + " and to "
                       + std::string{text_of(*pin)} + " here");
        });
    if (claims.empty())
      return;
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      const auto own = accounts_[i].pin ? std::nullopt : split_address(accounts_[i].login);
      const auto claimed = own ? claims.find(name(*own)) : claims.end();
      if (claimed != claims.end())
        report(places_[i], "login",
               "its mail goes to " + std::string{text_of(claimed->second.to)}
                   + ", because the pinned account in line "
                   + std::to_string(claimed->second.line) + " names the address",
               severity::warning);
    }
  }

  std::string file_;
  diagnostics& out_;
  bool header_read_ = false;
  std::vector<std::size_t> order_; // of the file's columns, as indices into `columns`
  std::vector<account> accounts_;
  std::vector<position> places_; // of the accounts
  std::unordered_map<std::string, int> lines_;
};

} // namespace

std::vector<account> parse_accounts(std::string_view text, const std::string& file,
                                    diagnostics& out) {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  csv_reader csv{max_record};
  accounts_reader reader{file, out};
  const auto handle = [&](const csv_event& event) {
    if (event.status == csv_status::record)
      reader.on_record(csv.fields());
    else if (event.status != csv_status::need_more)
      reader.on_fault(event);
  };
  while (!text.empty())
    handle(csv.take(text));
  handle(csv.finish());
  return reader.finish();
}

std::vector<account> load_accounts(const std::filesystem::path& file, diagnostics& out) {
  const auto text = read_file(file, out, max_file);
  return text ? parse_accounts(*text, file.string(), out) : std::vector<account>{};
}

} // namespace stellwerk

#include "config/account_rows.hpp"

#include "protocol/base/domain_name.hpp"
#include "protocol/base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr auto unnamed = account_row_reader::columns.size();
constexpr std::size_t max_problems = 1000;

} // namespace

account_row_reader::account_row_reader(account_source_words source, diagnostics& out)
    : out_{out} {
  rows_.source = std::move(source);
}

void account_row_reader::problem(position where, std::string_view column, std::string what) {
  if (++problems_ <= max_problems)
    out_.push_back({rows_.source.name, where, std::string{column}, std::move(what)});
  else if (problems_ == max_problems + 1)
    out_.push_back({rows_.source.name, where, "", "further problems are not told"});
}

void account_row_reader::read_columns(const std::vector<account_cell>& names) {
  const std::vector<std::string_view> known(columns.begin(), columns.end());
  for (const auto& name : names) {
    const auto named = static_cast<std::size_t>(
        std::find(columns.begin(), columns.end(), name.text) - columns.begin());
    if (named == unnamed)
      problem(name.where, "",
              "unknown column " + in_quotes(name.text) + suggestion(name.text, known));
    else if (std::find(order_.begin(), order_.end(), named) != order_.end())
      problem(name.where, "", "doubled column " + std::string{name.text});
    order_.push_back(named);
  }
  if (std::find(order_.begin(), order_.end(), 0U) == order_.end()) {
    problem({1, 1}, "", std::string{rows_.source.header} + " must name the column login");
    order_.clear();
  }
}

bool account_row_reader::read_row(const std::vector<account_cell>& cells) {
  if (++rows_read_ > max_rows) {
    problem({}, "", "has more than " + std::to_string(max_rows) + " rows");
    return false;
  }
  if (order_.empty() || cells.empty())
    return true;
  if (cells.size() != order_.size()) {
    problem({cells.front().where.line, 1}, "",
            "has " + std::to_string(cells.size()) + " fields, "
                + std::string{rows_.source.header} + " names " + std::to_string(order_.size()));
    return true;
  }
  row sorted{};
  bool sound = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto column = order_[i];
    if (column == unnamed)
      continue;
    sorted[column] = &cells[i];
    sound = is_sound(cells[i], columns[column]) && sound;
  }
  if (sound)
    add(sorted);
  return true;
}

account_rows account_row_reader::finish() {
  lines_.clear();
  return std::move(rows_);
}

bool account_row_reader::is_sound(const account_cell& cell, std::string_view column) {
  if (cell.text.size() > max_value) {
    problem(cell.where, column, "is longer than 64 KiB");
    return false;
  }
  if (!is_utf8(cell.text)) {
    problem(cell.where, column,
            rows_.source.unit == "line" ? "is not UTF-8; save the file in that charset"
                                        : "is not UTF-8");
    return false;
  }
  for (const char c : cell.text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      problem(cell.where, column, in_quotes(cell.text) + " holds a control character");
      return false;
    }
  return true;
}

void account_row_reader::add(const row& cells) {
  const auto text = [&](std::size_t column) {
    return cells[column] != nullptr ? std::string{cells[column]->text} : std::string{};
  };
  account one;
  one.login = text(0);
  one.old_login = text(2);
  one.new_login = text(3);
  const auto& login = *cells[0];
  if (one.login.empty()) {
    problem(login.where, "login", "is empty");
    return;
  }
  if (one.login.front() == ' ' || one.login.back() == ' ')
    problem(login.where, "login", in_quotes(one.login) + " begins or ends with a blank");
  if (const auto [at, fresh] = lines_.emplace(one.login, login.where.line); !fresh) {
    problem(login.where, "login",
            in_quotes(one.login) + " is already in " + std::string{rows_.source.unit} + ' '
                + std::to_string(at->second));
    return;
  }
  add_domain(one, login, cells[1]);
  if (cells[4] != nullptr)
    add_senders(one, *cells[4]);
  if (cells[5] != nullptr && !cells[5]->text.empty()) {
    one.pin = parse_side(cells[5]->text);
    if (!one.pin)
      problem(cells[5]->where, "pin", in_quotes(cells[5]->text) + " is not old, new or empty");
  }
  rows_.origins.push_back({login.where, cells[1] != nullptr && !cells[1]->text.empty()});
  rows_.accounts.push_back(std::move(one));
}

void account_row_reader::add_domain(account& one, const account_cell& login,
                                    const account_cell* domain) {
  const bool written = domain != nullptr && !domain->text.empty();
  const bool bare = one.login.find('@') == std::string::npos;
  if (!written && bare) {
    problem(login.where, "domain",
            in_quotes(one.login) + " has no @, so its domain must be written");
    return;
  }
  auto key = written ? domain_key(domain->text) : domain_key_of_address(one.login);
  if (key)
    one.domain = std::move(*key);
  else if (written)
    problem(domain->where, "domain", in_quotes(domain->text) + " is no domain");
  else
    problem(login.where, "login",
            "what follows the @ of " + in_quotes(one.login) + " is no domain");
}

void account_row_reader::add_senders(account& one, const account_cell& cell) {
  auto rest = cell.text;
  while (!rest.empty()) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word.empty())
      continue;
    if (auto pattern = parse_sender_pattern(word))
      one.senders.push_back(std::move(*pattern));
    else
      problem(cell.where, "senders", in_quotes(word) + " is not an address, @domain or *");
  }
}

} // namespace stellwerk

#include "config/routes_edit.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

/// The offset of a line and column (from 1; columns count octets, as yaml-cpp does).
std::size_t offset_of(const std::string& text, position where) {
  std::size_t at = 0;
  for (int line = 1; line < where.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string::npos)
      return at;
    ++at;
  }
  return at + static_cast<std::size_t>(where.column - 1);
}

/// How many octets the word of a phase takes in the file, its quotes included; 0: none there.
std::size_t length_of_word(const std::string& text, std::size_t at, std::string_view word) {
  for (const std::string_view quote : {"", "'", "\""}) {
    const auto written = std::string{quote} + std::string{word} + std::string{quote};
    if (text.compare(at, written.size(), written) == 0)
      return written.size();
  }
  return 0;
}

/// The column before which nothing but blanks stands in that line; nothing otherwise.
std::optional<std::string> indentation_before(const std::string& text, std::size_t at) {
  const auto line = text.rfind('\n', at == 0 ? 0 : at - 1);
  const auto begin = line == std::string::npos ? 0 : line + 1;
  auto before = text.substr(begin, at - begin);
  const auto end = before.find_first_not_of(' ');
  if (end == std::string::npos)
    return std::nullopt; // Flow style, or the value of a key on the line before.
  return before.substr(0, end);
}

std::string add_line(std::string text, const route_table& table, std::string_view domain,
                     phase now) {
  const auto line = std::string{domain} + ": " + std::string{text_of(now)} + '\n';
  if (!text.empty() && text.back() != '\n')
    text += '\n';
  if (table.all().empty())
    return text + (text.find("domains:") == std::string::npos ? "domains:\n  " : "  ") + line;
  const auto last = offset_of(text, table.all().back().value);
  const auto indentation = indentation_before(text, last);
  if (!indentation)
    return {};
  auto end = text.find('\n', last);
  return text.insert(end + 1, *indentation + line);
}

std::string changed_text(const std::string& text, const route_table& table,
                         std::string_view domain, phase now) {
  const auto* route = table.find(domain);
  if (route == nullptr)
    return add_line(text, table, domain, now);
  const auto at = offset_of(text, route->value);
  if (at >= text.size())
    return {};
  const auto length = length_of_word(text, at, text_of(route->now));
  if (length == 0)
    return {};
  const auto quotes = length - text_of(route->now).size();
  const auto quote = quotes == 0 ? std::string{} : text.substr(at, 1);
  return std::string{text}.replace(at, length, quote + std::string{text_of(now)} + quote);
}

bool differs_in_this_alone(const route_table& before, const route_table& after,
                           std::string_view domain, phase now) {
  const auto* changed = after.find(domain);
  const std::size_t added = before.find(domain) == nullptr ? 1 : 0;
  if (changed == nullptr || changed->now != now || before.fallback() != after.fallback()
      || before.all().size() + added != after.all().size())
    return false;
  return std::all_of(before.all().begin(), before.all().end(), [&](const domain_route& one) {
    const auto* same = after.find(one.domain);
    return same != nullptr && (same->now == one.now || one.domain == domain);
  });
}

} // namespace

routes_edit with_phase(const std::string& text, std::string_view domain, phase now) {
  diagnostics found;
  const auto before = parse_routes(text, "routes.yaml", found);
  if (has_problems(found))
    return {{}, text_of(found.front())};
  auto changed = changed_text(text, before, domain, now);
  const auto after = parse_routes(changed, "routes.yaml", found);
  if (changed.empty() || has_problems(found)
      || !differs_in_this_alone(before, after, domain, now))
    return {{},
            "the line of " + std::string{domain}
                + " is written in a way that cannot be changed without touching others"};
  return {std::move(changed), {}};
}

} // namespace stellwerk

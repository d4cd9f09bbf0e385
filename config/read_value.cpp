#include "config/read_value.hpp"

#include "config/network_name.hpp"
#include "config/units.hpp"
#include "protocol/base/ascii.hpp"

namespace stellwerk {
namespace {

std::string grouped(std::size_t number) {
  auto text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, ",");
  return text;
}

void read_number_in(const yaml_value& value, std::optional<std::size_t> number,
                    const std::string& text, std::string_view needed, std::size_t& into,
                    std::size_t least, std::size_t most) {
  if (!number)
    value.problem(in_quotes(text) + " is not " + std::string{needed});
  else if (*number < least || *number > most)
    value.problem(text + " is outside " + grouped(least) + " to " + grouped(most));
  else
    into = *number;
}

} // namespace

void read(const maybe_value& value, std::string& into) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text)
    return;
  for (const char c : *text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      value->problem("holds a control character");
      return;
    }
  into = *text;
}

void read(const maybe_value& value, std::filesystem::path& into) {
  std::string text;
  read(value, text);
  if (!text.empty())
    into = value->file().folder / text;
  else if (value && value->node().IsScalar())
    value->problem("is empty, a path is needed");
}

void read(const maybe_value& value, bool& into) {
  constexpr choices<bool, 6> words{{{"true", true},
                                    {"false", false},
                                    {"yes", true},
                                    {"no", false},
                                    {"on", true},
                                    {"off", false}}};
  read(value, into, words);
}

void read(const maybe_value& value, endpoint& into) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text)
    return;
  if (auto parsed = parse_endpoint(*text))
    into = std::move(*parsed);
  else
    value->problem(in_quotes(*text)
                   + " is not host:port, 192.0.2.1:port or [2001:db8::1]:port");
}

void read_duration(const maybe_value& value, std::chrono::milliseconds& into,
                   std::chrono::milliseconds least, std::chrono::milliseconds most) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text)
    return;
  const auto parsed = parse_duration(*text);
  if (!parsed)
    value->problem(in_quotes(*text) + " is no duration, write it as 500ms, 15s, 10m or 1h");
  else if (*parsed < least || *parsed > most)
    value->problem(*text + " is outside " + text_of(least) + " to " + text_of(most));
  else
    into = *parsed;
}

void read_date(const maybe_value& value, std::optional<std::chrono::sys_days>& into) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text)
    return;
  const auto parsed = parse_date(*text);
  if (parsed)
    into = parsed;
  else
    value->problem(in_quotes(*text) + " is no day, write it as 2027-03-31");
}

void read_count(const maybe_value& value, std::size_t& into, std::size_t least,
                std::size_t most) {
  if (const auto text = value ? value->text() : std::nullopt)
    read_number_in(*value, parse_number(*text), *text, "a number", into, least, most);
}

void read_octets(const maybe_value& value, std::size_t& into, std::size_t least,
                 std::size_t most) {
  if (const auto text = value ? value->text() : std::nullopt)
    read_number_in(*value, parse_octets(*text), *text,
                   "a size, write it as 12288, 8KiB or 1MiB", into, least, most);
}

void report_choice(const yaml_value& value, std::string_view text,
                   const std::vector<std::string_view>& words) {
  std::string list;
  for (const auto word : words)
    list += (list.empty() ? "" : word == words.back() ? " or " : ", ") + std::string{word};
  value.problem(in_quotes(text) + " is not " + list);
}

} // namespace stellwerk

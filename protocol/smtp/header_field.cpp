#include "protocol/smtp/header_field.hpp"

#include <algorithm>
#include <cstddef>

namespace stellwerk::smtp {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Where the field at the front ends: behind the CRLF that no blank follows.
std::size_t field_length(std::string_view fields) {
  std::size_t at = 0;
  for (;;) {
    const auto end = fields.find('\n', at);
    if (end == std::string_view::npos)
      return fields.size();
    at = end + 1;
    if (at == fields.size() || !is_blank(fields[at]))
      return at;
  }
}

// field-name = 1*ftext, printable ASCII but the colon.
bool is_name(std::string_view text) {
  return !text.empty()
         && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

} // namespace

std::optional<header_field> take_field(std::string_view& fields) {
  while (!fields.empty()) {
    auto line = fields.substr(0, field_length(fields));
    fields.remove_prefix(line.size());
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      continue;
    auto name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back()))
      name.remove_suffix(1);
    if (!is_name(name))
      continue;
    line.remove_prefix(colon + 1);
    if (line.ends_with("\r\n"))
      line.remove_suffix(2);
    return header_field{name, line};
  }
  return std::nullopt;
}

} // namespace stellwerk::smtp

#include "protocol/imap/argument.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/literal.hpp"

#include <algorithm>

namespace stellwerk::imap {
namespace {

constexpr std::size_t max_id_fields = 30;
constexpr std::size_t max_tag_octets = 100;

bool take_char(std::string_view& input, char wanted) {
  if (input.empty() || input.front() != wanted)
    return false;
  input.remove_prefix(1);
  return true;
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE
std::optional<std::string> take_quoted(std::string_view& input) {
  if (!take_char(input, '"'))
    return std::nullopt;
  std::string octets;
  octets.reserve(std::max<std::size_t>(64, input.size())); // Grows no more: no copy is left.
  while (!input.empty()) {
    const char c = input.front();
    input.remove_prefix(1);
    if (c == '"')
      return octets;
    if (c == '\r' || c == '\n' || c == '\0')
      return std::nullopt;
    if (c != '\\') {
      octets += c;
      continue;
    }
    if (!input.starts_with('"') && !input.starts_with('\\'))
      return std::nullopt;
    octets += input.front();
    input.remove_prefix(1);
  }
  return std::nullopt;
}

// literal = "{" number64 ["+"] "}" CRLF *CHAR8
std::optional<std::string> take_literal(std::string_view& input) {
  const auto end = input.find("\r\n");
  if (!input.starts_with('{') || end == std::string_view::npos)
    return std::nullopt;
  const auto announced = announced_literal(input.substr(0, end));
  if (!announced || input.find('}') + 1 != end || input.size() - end - 2 < announced->octets)
    return std::nullopt;
  const auto octets = input.substr(end + 2, static_cast<std::size_t>(announced->octets));
  if (octets.find('\0') != std::string_view::npos)
    return std::nullopt;
  input.remove_prefix(end + 2 + octets.size());
  return std::string{octets};
}

bool is_atom_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > 0x20 && octet != 0x7F && c != '"' && c != '(' && c != ')' && c != '{';
}

// nstring = string / "NIL"
std::optional<std::string> take_nstring(std::string_view& input) {
  if (!starts_with_ignoring_case(input, "NIL"))
    return take_string(input);
  input.remove_prefix(3);
  return std::string{};
}

} // namespace

bool take_space(std::string_view& input) { return take_char(input, ' '); }

std::optional<std::string> take_string(std::string_view& input) {
  return input.starts_with('"') ? take_quoted(input) : take_literal(input);
}

std::optional<std::string> take_astring(std::string_view& input) {
  if (input.starts_with('"') || input.starts_with('{'))
    return take_string(input);
  const auto end = std::ranges::find_if_not(input, is_atom_octet);
  const auto atom = input.substr(0, static_cast<std::size_t>(end - input.begin()));
  if (atom.empty())
    return std::nullopt;
  input.remove_prefix(atom.size());
  return std::string{atom};
}

// id_params_list = "(" *(string SPACE nstring) ")" / nil
std::optional<id_fields> take_id(std::string_view& input) {
  id_fields fields;
  if (starts_with_ignoring_case(input, "NIL")) {
    input.remove_prefix(3);
    return fields;
  }
  if (!take_char(input, '('))
    return std::nullopt;
  while (!take_char(input, ')')) {
    if (!fields.empty() && !take_space(input))
      return std::nullopt;
    auto name = take_string(input);
    if (!name || !take_space(input) || fields.size() == max_id_fields)
      return std::nullopt;
    auto value = take_nstring(input);
    if (!value)
      return std::nullopt;
    fields.emplace_back(*std::move(name), *std::move(value));
  }
  return fields;
}

// tag = 1*<any ASTRING-CHAR except "+">
std::optional<std::string_view> take_tag(std::string_view& input) {
  const auto is_tag_octet = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet > 0x20 && octet < 0x7F
           && std::string_view{"(){%*\"\\+"}.find(c) == std::string_view::npos;
  };
  const auto tag = input.substr(0, input.find(' '));
  if (tag.empty() || tag.size() > max_tag_octets || !std::ranges::all_of(tag, is_tag_octet))
    return std::nullopt;
  input.remove_prefix(std::min(input.size(), tag.size() + 1));
  return tag;
}

std::string_view take_word(std::string_view& input) {
  const auto word = input.substr(0, input.find(' '));
  input.remove_prefix(std::min(input.size(), word.size() + 1));
  return word;
}

bool may_be_quoted(std::string_view octets) {
  return std::ranges::all_of(octets, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string quoted(std::string_view octets) {
  std::string text;
  text.reserve(octets.size() * 2 + 2);
  text += '"';
  for (const char c : octets) {
    if (c == '"' || c == '\\')
      text += '\\';
    text += c;
  }
  text += '"';
  return text;
}

} // namespace stellwerk::imap

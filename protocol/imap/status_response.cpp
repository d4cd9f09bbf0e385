#include "protocol/imap/status_response.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::imap {

status_response parse_status_response(std::string_view response) {
  status_response parsed;
  parsed.word = response.substr(0, response.find(' '));
  response.remove_prefix(std::min(response.size(), parsed.word.size() + 1));
  if (const auto end = response.find(']');
      response.starts_with('[') && end != std::string_view::npos) {
    parsed.code = response.substr(1, end - 1);
    response.remove_prefix(end + 1);
    if (response.starts_with(' '))
      response.remove_prefix(1);
  }
  parsed.text = response;
  return parsed;
}

bool status_response::is(std::string_view wanted) const {
  return equals_ignoring_case(word, wanted);
}

bool status_response::has_code(std::string_view name) const {
  return equals_ignoring_case(code.substr(0, code.find(' ')), name);
}

std::string_view status_response::code_arguments() const {
  const auto blank = code.find(' ');
  return blank == std::string_view::npos ? std::string_view{} : code.substr(blank + 1);
}

bool is_temporary(std::string_view code) {
  static constexpr std::string_view temporary[]
      = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN", "PRIVACYREQUIRED"};
  const auto word = code.substr(0, code.find(' '));
  return std::ranges::any_of(temporary, [&](auto t) { return equals_ignoring_case(word, t); });
}

bool is_status(std::string_view response) {
  const auto word = response.substr(0, response.find(' '));
  static constexpr std::string_view words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
  return std::ranges::any_of(words, [&](auto w) { return equals_ignoring_case(word, w); });
}

} // namespace stellwerk::imap

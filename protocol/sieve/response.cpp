#include "protocol/sieve/response.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"

#include <algorithm>

namespace stellwerk::sieve {
namespace {

constexpr std::size_t max_quoted_octets = 1024; // RFC 5804 section 4, `quoted`.

// The end of `(...)`, in which strings may hold parentheses; npos if there is none.
std::size_t end_of_code(std::string_view text) {
  int depth = 0;
  for (auto rest = text; !rest.empty();) {
    const char c = rest.front();
    if (c == '"' || c == '{') {
      if (!imap::take_string(rest))
        break;
      continue;
    }
    if (c == ')' && --depth == 0)
      return text.size() - rest.size();
    depth += c == '(' ? 1 : 0;
    rest.remove_prefix(1);
  }
  return std::string_view::npos;
}

} // namespace

bool response::has_code(std::string_view name) const {
  const std::string_view all = code;
  return equals_ignoring_case(all.substr(0, all.find(' ')), name);
}

bool is_final(std::string_view line) {
  const auto word = line.substr(0, line.find(' '));
  return equals_ignoring_case(word, "OK") || equals_ignoring_case(word, "NO")
         || equals_ignoring_case(word, "BYE");
}

std::optional<response> parse_response(std::string_view frame) {
  if (!is_final(frame))
    return std::nullopt;
  response parsed;
  const auto word = imap::take_word(frame);
  if (equals_ignoring_case(word, "OK"))
    parsed.said = response::word::ok;
  else if (equals_ignoring_case(word, "BYE"))
    parsed.said = response::word::bye;
  if (frame.starts_with('(')) {
    const auto end = end_of_code(frame);
    if (end == std::string_view::npos)
      return std::nullopt;
    parsed.code = frame.substr(1, end - 1);
    frame.remove_prefix(end + 1);
    if (!frame.empty() && !imap::take_space(frame))
      return std::nullopt;
  }
  if (frame.empty())
    return parsed;
  auto text = imap::take_string(frame);
  if (!text || !frame.empty())
    return std::nullopt;
  parsed.text = *std::move(text);
  return parsed;
}

bool is_temporary(std::string_view code) {
  static constexpr std::string_view temporary[]
      = {"TRYLATER", "ENCRYPT-NEEDED", "AUTH-TOO-WEAK", "TRANSITION-NEEDED"};
  const auto name = code.substr(0, code.find(' '));
  return std::ranges::any_of(temporary, [&](auto t) { return equals_ignoring_case(name, t); });
}

std::string string_of(std::string_view octets, writer who) {
  if (imap::may_be_quoted(octets) && octets.size() <= max_quoted_octets)
    return imap::quoted(octets);
  std::string text;
  text.reserve(octets.size() + 16); // No copy is left behind by growing: it may be a password.
  text.append("{").append(std::to_string(octets.size()));
  text.append(who == writer::client ? "+}\r\n" : "}\r\n").append(octets);
  return text;
}

} // namespace stellwerk::sieve

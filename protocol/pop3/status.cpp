#include "protocol/pop3/status.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::pop3 {

status parse_status(std::string_view line) {
  const auto word = line.substr(0, line.find(' '));
  status parsed;
  if (word == "+")
    parsed.sign = sign::go_ahead;
  else if (equals_ignoring_case(word, "+OK"))
    parsed.sign = sign::ok;
  else if (equals_ignoring_case(word, "-ERR"))
    parsed.sign = sign::err;
  else
    return parsed;
  parsed.text = line.substr(std::min(line.size(), word.size() + 1));
  const auto end = parsed.text.find(']');
  if (parsed.sign == sign::go_ahead || !parsed.text.starts_with('[')
      || end == std::string_view::npos)
    return parsed;
  parsed.code = parsed.text.substr(1, end - 1);
  parsed.text.remove_prefix(end + 1);
  if (parsed.text.starts_with(' '))
    parsed.text.remove_prefix(1);
  return parsed;
}

bool is_temporary(std::string_view code) {
  static constexpr std::string_view temporary[]
      = {"SYS/TEMP", "SYS/PERM", "IN-USE", "LOGIN-DELAY"};
  return std::ranges::any_of(temporary, [&](auto t) { return equals_ignoring_case(code, t); });
}

} // namespace stellwerk::pop3

#include "protocol/smtp/dot_stuffer.hpp"

namespace stellwerk::smtp {

void dot_stuffer::put(std::string_view content, std::string& output) {
  if (content.empty())
    return;
  if (at_line_start_ && content.front() == '.')
    output += '.';
  at_line_start_ = content.back() == '\n';
  for (;;) {
    const auto line_end = content.find("\n.");
    if (line_end == std::string_view::npos) {
      output += content;
      return;
    }
    output += content.substr(0, line_end + 2);
    output += '.';
    content.remove_prefix(line_end + 2);
  }
}

void dot_stuffer::finish(std::string& output) {
  output += at_line_start_ ? ".\r\n" : "\r\n.\r\n";
  at_line_start_ = true;
}

} // namespace stellwerk::smtp

#include "protocol/logs/mail_log_line.hpp"

namespace stellwerk::logs {
namespace {

/// Of the name of a program or of one of its services.
bool is_name_octet(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/';
}

/// `name: ` or `name[123]: `; empty if it is none.
std::string_view take_tag(cursor& at) {
  auto behind = at;
  const auto name = behind.take_while(is_name_octet);
  if (behind.take('[')) {
    static_cast<void>(behind.take_while(is_digit));
    if (!behind.take(']'))
      return {};
  }
  if (name.empty() || !behind.take(':') || !behind.take(' '))
    return {};
  at = behind;
  return name;
}

} // namespace

std::optional<mail_log_line> cut_mail_log_line(std::string_view line) {
  cursor at{line};
  const auto when = take_log_time(at);
  if (!when || !at.take(' '))
    return std::nullopt;
  mail_log_line cut{.when = *when, .host = {}, .service = {}, .message = {}};
  cut.service = take_tag(at);
  if (cut.service.empty()) {
    cut.host = at.take_until(' ');
    if (at.take(' '))
      cut.service = take_tag(at);
  }
  if (cut.service == "dovecot")
    cut.service = take_tag(at);
  // How serious it is stands in Dovecot's own files.
  if (cut.host.empty())
    static_cast<void>(at.take_ignoring_case("Info: "));
  cut.message = at.rest();
  return cut;
}

} // namespace stellwerk::logs

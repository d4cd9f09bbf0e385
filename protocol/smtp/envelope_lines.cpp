#include "protocol/smtp/envelope_lines.hpp"

namespace stellwerk::smtp {

std::string_view name(lost_extension lost) {
  switch (lost) {
    case lost_extension::eight_bit_mime:
      return "8BITMIME";
    case lost_extension::binary_mime:
      return "BINARYMIME";
    case lost_extension::smtputf8:
      return "SMTPUTF8";
    case lost_extension::dsn:
      return "DSN";
  }
  return {};
}

envelope_line mail_line(const mail_command& command, const features& offered) {
  const bool needs_utf8 = command.smtputf8 || (command.from && needs_smtputf8(*command.from));
  if (needs_utf8 && !offered.smtputf8)
    return lost_extension::smtputf8;
  if (command.body == body_type::eight_bit_mime && !offered.eight_bit_mime)
    return lost_extension::eight_bit_mime;
  if (command.body == body_type::binary_mime) // Needs BDAT, which is not what we speak there.
    return lost_extension::binary_mime;
  if ((command.ret || command.envid) && !offered.dsn)
    return lost_extension::dsn;

  std::string line = "MAIL FROM:<";
  if (command.from)
    line += to_string(*command.from);
  line += '>';
  if (command.size && offered.size)
    line += " SIZE=" + std::to_string(*command.size);
  if (command.body && offered.eight_bit_mime)
    line += command.body == body_type::seven_bit ? " BODY=7BIT" : " BODY=8BITMIME";
  if (needs_utf8)
    line += " SMTPUTF8";
  if (command.ret)
    line += command.ret == returned_content::full ? " RET=FULL" : " RET=HDRS";
  if (command.envid)
    line += " ENVID=" + *command.envid;
  return line + "\r\n";
}

envelope_line rcpt_line(const rcpt_command& command, const features& offered) {
  if (needs_smtputf8(command.to) && !offered.smtputf8)
    return lost_extension::smtputf8;
  if ((command.notify || command.orcpt) && !offered.dsn)
    return lost_extension::dsn;

  auto line = "RCPT TO:<" + to_string(command.to) + '>';
  if (command.notify)
    line += " NOTIFY=" + *command.notify;
  if (command.orcpt)
    line += " ORCPT=" + *command.orcpt;
  return line + "\r\n";
}

} // namespace stellwerk::smtp

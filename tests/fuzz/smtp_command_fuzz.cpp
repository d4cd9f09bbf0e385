// The command grammar: what parses is written out and must parse to the same again, and holds
// no octet that could end a line.
#include "protocol/base/utf8.hpp"
#include "protocol/smtp/command.hpp"

#include <cstdlib>
#include <string>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

void check_address(const address& mailbox) {
  const auto text = to_string(mailbox);
  require(text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
  require(is_utf8(text));
  if (mailbox.domain.empty())
    return;
  cursor at{text};
  const auto again = take_mailbox(at);
  require(again && *again == mailbox && at.at_end());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(data, data + size);
  const auto [verb, arguments] = split_command(line);
  const auto mail = parse_mail(arguments);
  if (const auto* parsed = std::get_if<mail_command>(&mail); parsed && parsed->from) {
    check_address(*parsed->from);
    require(parsed->smtputf8 || !needs_smtputf8(*parsed->from));
  }
  for (const bool smtputf8 : {false, true}) {
    const auto rcpt = parse_rcpt(arguments, smtputf8);
    if (const auto* parsed = std::get_if<rcpt_command>(&rcpt)) {
      check_address(parsed->to);
      require(smtputf8 || !needs_smtputf8(parsed->to));
      require(parsed->to.domain_key().has_value());
    }
  }
  require(clean_helo_name(arguments).size() <= 255);
  return 0;
}

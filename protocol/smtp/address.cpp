#include "protocol/smtp/address.hpp"

#include "protocol/base/domain_name.hpp"
#include "protocol/smtp/characters.hpp"

#include <algorithm>

namespace stellwerk::smtp {
namespace {

bool is_plain(std::string_view local) {
  return !local.empty() && std::all_of(local.begin(), local.end(), [](char c) {
    return c == '.' || is_atext(c);
  });
}

} // namespace

std::optional<std::string> address::domain_key() const {
  return domain.empty() ? std::optional<std::string>{""} : stellwerk::domain_key(domain);
}

std::string to_string(const address& mailbox) {
  std::string text;
  if (is_plain(mailbox.local)) {
    text = mailbox.local;
  } else {
    text = '"';
    for (const char c : mailbox.local) {
      if (c == '"' || c == '\\')
        text += '\\';
      text += c;
    }
    text += '"';
  }
  if (!mailbox.domain.empty())
    text += '@' + mailbox.domain;
  return text;
}

bool needs_smtputf8(const address& mailbox) {
  return has_octet_beyond_ascii(mailbox.local) || has_octet_beyond_ascii(mailbox.domain);
}

} // namespace stellwerk::smtp

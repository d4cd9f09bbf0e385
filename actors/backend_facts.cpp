#include "actors/backend_facts.hpp"

#include <algorithm>

namespace stellwerk {

std::optional<smtp::features> backend_facts::common_features(mail_protocol protocol) const {
  const auto& on_old = at(side::on_old, protocol).features;
  const auto& on_new = at(side::on_new, protocol).features;
  if (!on_old || !on_new)
    return std::nullopt;
  return smtp::common(*on_old, *on_new);
}

bool is_probed(const world& now, backend_id where, mail_protocol protocol) {
  if (!now.service(where, protocol))
    return false;
  if (protocol != mail_protocol::pop3 && protocol != mail_protocol::sieve)
    return true;
  return std::ranges::any_of(now.settings().listeners, [&](const listener_settings& one) {
    return one.protocol == protocol && one.tls != listener_tls::refuse;
  });
}

void backend_facts::settle() {
  const auto& on_old = at(side::on_old, mail_protocol::imap).capabilities;
  const auto& on_new = at(side::on_new, mail_protocol::imap).capabilities;
  common_ = on_old && on_new ? imap::common_to(*on_old, *on_new) : imap::capability_list{};
}

} // namespace stellwerk

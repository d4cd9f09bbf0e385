#include "actors/backend_facts.hpp"

#include <algorithm>

namespace stellwerk {

std::optional<smtp::features> backend_facts::common_features(const world& now,
                                                             mail_protocol protocol) const {
  std::optional<smtp::features> common;
  for (const auto where : {side::on_old, side::on_new}) {
    if (!now.backend(where).service(protocol))
      continue;
    const auto& here = at(where, protocol).features;
    if (!here)
      return std::nullopt;
    common = common ? smtp::common(*common, *here) : *here;
  }
  return common;
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

void backend_facts::settle(const world& now) {
  common_ = common_to_both(now, *this, mail_protocol::imap, &service_facts::capabilities);
}

void backend_facts::close_gates(const world& before, const world& now) {
  for (const auto where : {side::on_old, side::on_new}) {
    const auto& former = before.backend(where).smtp;
    const auto& next = now.backend(where).smtp;
    const bool same = former && next && former->address == next->address
                      && former->client_address == next->client_address;
    if (!same)
      relay(where) = {};
  }
}

} // namespace stellwerk

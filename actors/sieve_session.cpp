#include "actors/sieve_session.hpp"

namespace stellwerk {

sieve::server_dialogue sieve_protocol::begin(session& of) {
  const auto& world = of.now_in_force();
  const auto& limits = world.settings().limits;
  return sieve::server_dialogue{
      {.hostname = of.surroundings().hostname,
       .tls_active = of.listener().tls == listener_tls::implicit,
       .offers_starttls = of.listener().tls == listener_tls::starttls,
       .from_backends = common_to_both(world, of.facts(), name, &service_facts::sieve),
       .max_line_octets = limits.line,
       .max_literal_octets = limits.literal_before_login}};
}

// Without a code: wrong credentials. RFC 5804 has no code for them.
login_words sieve_protocol::words_of(const login_outcome& outcome) {
  if (!outcome.code.empty())
    return {outcome.code, outcome.text};
  switch (outcome.came) {
    case login_outcome::verdict::refused:
      return {"", "Authentication failed."};
    case login_outcome::verdict::moving:
      return {"TRYLATER", "This mailbox is being moved, please try again in a few minutes."};
    case login_outcome::verdict::accepted:
    case login_outcome::verdict::unavailable:
      break;
  }
  return {"TRYLATER", "Temporary problem, please try again later."};
}

template class dialogue_session<sieve_protocol>;

} // namespace stellwerk

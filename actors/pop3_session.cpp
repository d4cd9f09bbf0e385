#include "actors/pop3_session.hpp"

namespace stellwerk {

pop3::server_dialogue pop3_protocol::begin(session& of) {
  const auto& world = of.now_in_force();
  return pop3::server_dialogue{
      {.hostname = of.surroundings().hostname,
       .tls_active = of.listener().tls == listener_tls::implicit,
       .offers_stls = of.listener().tls == listener_tls::starttls,
       .from_backends = common_to_both(world, of.facts(), name, &service_facts::pop3),
       .max_line_octets = world.settings().limits.line}};
}

// fetchmail reads no response codes: without a word like "lock" or "service" in the text it
// takes every refused PASS for a wrong password and says so to its user.
login_words pop3_protocol::words_of(const login_outcome& outcome) {
  if (!outcome.code.empty())
    return {outcome.code, outcome.text};
  switch (outcome.came) {
    case login_outcome::verdict::refused:
      return {"AUTH", "Authentication failed."};
    case login_outcome::verdict::moving:
      return {
          "SYS/TEMP",
          "This mailbox is locked while it is being moved, please try again in a few minutes."};
    case login_outcome::verdict::accepted:
    case login_outcome::verdict::unavailable:
      break;
  }
  return {"SYS/TEMP", "The service has a temporary problem, please try again later."};
}

template class dialogue_session<pop3_protocol>;

} // namespace stellwerk

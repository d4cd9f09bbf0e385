#include "actors/service_backend.hpp"

#include "actors/access_backend.hpp"
#include "actors/imap_backend.hpp"
#include "actors/smtp_backend.hpp"

namespace stellwerk {

std::unique_ptr<login_backend> make_backend_for(mail_protocol protocol,
                                                io::coroutine_actor& owner,
                                                const environment_ptr& surroundings) {
  switch (protocol) {
    case mail_protocol::imap:
      return std::make_unique<imap_backend>(owner, surroundings);
    case mail_protocol::pop3:
      return std::make_unique<pop3_backend>(owner, surroundings);
    case mail_protocol::sieve:
      return std::make_unique<sieve_backend>(owner, surroundings);
    case mail_protocol::submission:
    case mail_protocol::smtp:
      break;
  }
  return std::make_unique<smtp_backend>(
      owner, surroundings, smtp_backend::introduction{surroundings->hostname, true});
}

} // namespace stellwerk

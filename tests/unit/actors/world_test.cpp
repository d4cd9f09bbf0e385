#include "actors/world.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("each backend has its services, the queue only smtp") {
  world now;
  auto& backends = now.current.settings.backends;
  backends.on_new.smtp.emplace().address.port = 1;
  backends.queue_smtp.emplace().address.port = 2;
  CHECK(now.service(side::on_new, mail_protocol::smtp)->address.port == 1);
  CHECK_FALSE(now.service(side::on_old, mail_protocol::smtp));
  CHECK(now.service(backend_id::queue(), mail_protocol::smtp)->address.port == 2);
  CHECK_FALSE(now.service(backend_id::queue(), mail_protocol::imap));
}

#include "protocol/smtp/server_dialogue.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::smtp;

namespace {

struct attempts {
  bool login = false;
  bool mail = false;
  bool operator==(const attempts&) const = default;
};

attempts after(const server_settings& settings, std::string_view octets) {
  server_dialogue dialogue{settings};
  while (!std::holds_alternative<event::need_more>(dialogue.take(octets))) {
  }
  return {dialogue.has_tried_login_in_clear(), dialogue.has_tried_mail_in_clear()};
}

} // namespace

TEST_CASE("what is tried before TLS is known") {
  const server_settings submission{.hostname = "mail.example",
                                   .role = role::submission,
                                   .offers_starttls = true,
                                   .offers_auth = true};
  const server_settings delivery{.hostname = "mx.example", .offers_starttls = true};
  CHECK(after(submission, "EHLO x\r\nNOOP\r\n") == attempts{});
  CHECK(after(submission, "EHLO x\r\nAUTH PLAIN AGEAYg==\r\n") == attempts{.login = true});
  CHECK(after(submission, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n") == attempts{.login = true});
  CHECK(after(delivery, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n") == attempts{.mail = true});
  auto observing = delivery;
  observing.tls_required = false;
  CHECK(after(observing, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n") == attempts{});
  CHECK(after(observing, "EHLO x\r\nAUTH PLAIN\r\n") == attempts{.login = true});
  auto implicit = submission;
  implicit.tls_active = true;
  CHECK(after(implicit, "EHLO x\r\nMAIL FROM:<a@b.example>\r\n") == attempts{});
}

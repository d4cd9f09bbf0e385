#include "actors/tls/server_context.hpp"

#include "tests/support/certificate_forge.hpp"
#include "tests/support/memory_handshake.hpp"

#include <doctest/doctest.h>
#include <openssl/sslerr.h>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const certificate> served(const std::string& name, time_point ends) {
  const auto forged
      = test::forge({.common_name = name, .names = {"DNS:" + name}, .ends = ends});
  auto loaded = load_certificate(forged.chain_pem(), forged.key_pem());
  REQUIRE(loaded.problem == "");
  auto made = std::make_shared<certificate>();
  static_cast<certificate_facts&>(*made) = loaded.facts;
  made->context = std::move(loaded.context);
  return made;
}

/// Two names, the first of which ends in an hour, and a clock that the test turns.
struct fixture {
  time_point now = std::chrono::system_clock::now();
  std::shared_ptr<const certificate> old = served("mail.old.example", now + 1h);
  std::shared_ptr<const certificate> next = served("mx.new.example", now + 24h);
  std::shared_ptr<const server_certificates> table
      = std::make_shared<const server_certificates>(std::vector{old, next});
  server_context context{[this] { return now; }};
  ssl_ctx_ptr client_context{SSL_CTX_new(TLS_client_method())};
  ssl_session_ptr ticket;

  struct result {
    test::handshake_outcome outcome;
    ssl_ptr client;
    ssl_ptr server;
    [[nodiscard]] const server_handshake& facts() const { return handshake_of(server.get()); }
    /// The first name of the certificate that the client was shown.
    [[nodiscard]] std::string shown() const {
      const x509_ptr leaf{SSL_get1_peer_certificate(client.get())};
      return leaf ? read_facts(leaf.get()).names.front() : "nothing";
    }
  };

  fixture() {
    SSL_CTX_set_session_cache_mode(client_context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(client_context.get(), this);
    SSL_CTX_sess_set_new_cb(client_context.get(), [](SSL* ssl, SSL_SESSION* session) {
      static_cast<fixture*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->ticket.reset(session);
      return 1;
    });
  }

  result connect(const std::string& name, const listener_facts& listener = {},
                 bool resume = false, int highest_version = TLS1_3_VERSION) {
    result made{
        {}, ssl_ptr{SSL_new(client_context.get())}, context.new_session(table, listener)};
    SSL* client = made.client.get();
    SSL_set_connect_state(client);
    SSL_set_max_proto_version(client, highest_version);
    if (!name.empty())
      SSL_ctrl(client, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(name.c_str()));
    if (resume)
      SSL_set_session(client, ticket.get());
    made.outcome = test::shake_hands(client, made.server.get());
    return made;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "each server name gets its certificate, and the log its facts") {
  const auto made = connect("MX.new.example");
  REQUIRE(made.outcome.done);
  CHECK(made.shown() == "mx.new.example");
  CHECK(made.facts().asked == "mx.new.example");
  CHECK(made.facts().choice.chosen == next);
  CHECK(made.facts().choice.by_name);
  CHECK_FALSE(made.facts().table); // Not kept for the session's life.
  CHECK(version_of(made.server.get()) == "1.3");
  CHECK(cipher_of(made.server.get()).starts_with("TLS_"));
  CHECK(test::carries(made.client.get(), made.server.get(), "a1 NOOP\r\n"));

  CHECK(connect("mail.old.example").shown() == "mail.old.example");
  CHECK(connect("").shown() == "mail.old.example");
  CHECK(connect("nobodys.example").shown() == "mail.old.example");
  CHECK(connect("", {.certificate = "mx.new.example"}).shown() == "mx.new.example");
}

TEST_CASE_FIXTURE(fixture, "a retired name ends in unrecognized_name at the moment itself") {
  now += 1h - 1s;
  CHECK(connect("mail.old.example").outcome.done);
  now += 1s;
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const auto refused = connect("mail.old.example", {}, false, version);
    CHECK(refused.outcome.server_failed);
    CHECK(refused.outcome.client_reason == SSL_R_TLSV1_UNRECOGNIZED_NAME);
    CHECK(refused.facts().choice.retired);
    CHECK(refused.facts().asked == "mail.old.example");
  }
  CHECK(connect("").shown() == "mx.new.example");
  CHECK(connect("mail.old.example", {.rule = retirement::never}).shown()
        == "mx.new.example"); // Port 25.
}

TEST_CASE_FIXTURE(fixture, "a client resumes, also over a reload of the certificates") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    const auto first = connect("mail.old.example", {}, false, version);
    REQUIRE(first.outcome.done);
    CHECK(SSL_session_reused(first.server.get()) == 0);
    REQUIRE(ticket);
    auto again = connect("mail.old.example", {}, true, version);
    CHECK(again.outcome.done);
    CHECK(SSL_session_reused(again.server.get()) == 1);

    table = std::make_shared<const server_certificates>(
        std::vector{served("mail.old.example", now + 1h)});
    again = connect("mail.old.example", {}, true, version);
    CHECK(again.outcome.done);
    CHECK(SSL_session_reused(again.server.get()) == 1);
    CHECK(again.facts().asked == "mail.old.example");
  }
}

TEST_CASE_FIXTURE(fixture, "resumption is no way around retirement") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    REQUIRE(connect("mail.old.example", {}, false, version).outcome.done);
    now += 1h;
    CHECK(connect("mail.old.example", {}, true, version).outcome.client_reason
          == SSL_R_TLSV1_UNRECOGNIZED_NAME);
    now -= 1h;
  }
}

TEST_CASE_FIXTURE(fixture, "old versions and ciphers are not spoken to clients") {
  SSL_CTX_set_security_level(client_context.get(), 0);
  SSL_CTX_set_min_proto_version(client_context.get(), TLS1_VERSION);
  CHECK_FALSE(connect("mx.new.example", {}, false, TLS1_1_VERSION).outcome.done);
  SSL_CTX_set_cipher_list(client_context.get(), "AES128-SHA:ECDHE-ECDSA-AES128-SHA");
  CHECK_FALSE(connect("mx.new.example", {}, false, TLS1_2_VERSION).outcome.done);
  SSL_CTX_set_cipher_list(client_context.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  CHECK(connect("mx.new.example", {}, false, TLS1_2_VERSION).outcome.done);
}

TEST_CASE_FIXTURE(fixture, "a session keeps its certificate when the table is replaced") {
  const auto made = connect("mail.old.example");
  table.reset();
  old.reset();
  CHECK(made.facts().choice.chosen->names.front() == "mail.old.example");
  CHECK(test::carries(made.server.get(), made.client.get(), "* OK still here\r\n"));
}

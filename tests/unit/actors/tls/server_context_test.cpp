#include "actors/tls/server_context.hpp"

#include "tests/support/certificate_forge.hpp"
#include "tests/support/memory_handshake.hpp"

#include <doctest/doctest.h>
#include <openssl/sslerr.h>

#include <vector>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<certificate> served(const std::string& name, time_point ends,
                                    std::size_t rsa_bits = 0) {
  const auto forged = test::forge(
      {.common_name = name, .names = {"DNS:" + name}, .ends = ends, .rsa_bits = rsa_bits});
  auto loaded = load_certificate(forged.chain_pem(), forged.key_pem(), ends);
  REQUIRE(loaded.problem == "");
  auto made = std::make_shared<certificate>();
  static_cast<certificate_facts&>(*made) = loaded.facts;
  made->context = std::move(loaded.context);
  made->key_kind = EVP_PKEY_get_base_id(forged.key.get());
  return made;
}

/// Two names, the first of which ends in an hour, and a clock that the test turns.
struct fixture {
  time_point now = std::chrono::system_clock::now();
  std::shared_ptr<const certificate> old = served("mail.old.example", now + 1h);
  std::shared_ptr<const certificate> next = served("mx.new.example", now + 24h);
  std::shared_ptr<const server_certificates> table
      = std::make_shared<const server_certificates>(
          std::vector<std::shared_ptr<const certificate>>{old, next});
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
                 bool resume = false, int highest_version = TLS1_3_VERSION,
                 const char* signatures = nullptr) {
    result made{
        {}, ssl_ptr{SSL_new(client_context.get())}, context.new_session(table, listener)};
    SSL* client = made.client.get();
    SSL_set_connect_state(client);
    SSL_set_max_proto_version(client, highest_version);
    if (!name.empty())
      SSL_ctrl(client, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(name.c_str()));
    if (signatures != nullptr)
      SSL_set1_sigalgs_list(client, signatures);
    SSL_set_tlsext_status_type(client, TLSEXT_STATUSTYPE_ocsp);
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
        std::vector<std::shared_ptr<const certificate>>{served("mail.old.example", now + 1h)});
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

TEST_CASE_FIXTURE(fixture, "the client's signature algorithms decide between RSA and ECDSA") {
  const auto rsa = served("mx.new.example", now + 24h, 2048);
  table = std::make_shared<const server_certificates>(
      std::vector<std::shared_ptr<const certificate>>{next, rsa});
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    const auto with = [&](const char* signatures) {
      const auto made = connect("mx.new.example", {}, false, version, signatures);
      REQUIRE(made.outcome.done);
      const x509_ptr leaf{SSL_get1_peer_certificate(made.client.get())};
      const int kind = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf.get()));
      CHECK(certificate_shown(made.server.get()).key_kind == kind);
      return kind;
    };
    CHECK(with("ECDSA+SHA256") == EVP_PKEY_EC);
    CHECK(with("RSA-PSS+SHA256:RSA+SHA256") == EVP_PKEY_RSA);
    CHECK(with("ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256") == EVP_PKEY_EC);
  }
}

TEST_CASE_FIXTURE(fixture,
                  "a fresh OCSP response is stapled, of the certificate that is shown") {
  const auto stapled = [](const result& made) {
    const unsigned char* octets = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(made.client.get(), &octets);
    return size > 0 ? std::string{octets, octets + size} : std::string{};
  };
  const auto rsa = served("mx.new.example", now + 24h, 2048);
  const auto ecdsa = served("mx.new.example", now + 24h);
  ecdsa->staple = std::make_shared<const ocsp_staple>(ocsp_staple{"of ecdsa", now, now + 1h});
  rsa->staple = std::make_shared<const ocsp_staple>(ocsp_staple{"of rsa", now, now + 2h});
  staple_for(ecdsa->context.get());
  staple_for(rsa->context.get());
  table = std::make_shared<const server_certificates>(
      std::vector<std::shared_ptr<const certificate>>{ecdsa, rsa});
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    const auto with = [&](const char* signatures) {
      return stapled(connect("mx.new.example", {}, false, version, signatures));
    };
    CHECK(with("ECDSA+SHA256") == "of ecdsa");
    CHECK(with("RSA-PSS+SHA256:RSA+SHA256") == "of rsa");
    now += 1h;
    CHECK(with("ECDSA+SHA256") == "");
    CHECK(with("RSA-PSS+SHA256:RSA+SHA256") == "of rsa");
    now -= 1h;
    const auto first = connect("mx.new.example", {}, false, version);
    const auto again = connect("mx.new.example", {}, true, version);
    CHECK(SSL_session_reused(again.server.get()) == 1); // Asking does no harm then.
  }
}

TEST_CASE_FIXTURE(fixture,
                  "ticket keys rotate: the former opens tickets, the one before doesn't") {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    std::vector<result> open; // A connection that ends without a word spoils its session.
    const auto resumes = [&](bool with_ticket = true) {
      open.push_back(connect("mx.new.example", {}, with_ticket, version));
      REQUIRE(open.back().outcome.done);
      if (version == TLS1_2_VERSION) // OpenSSL tells nobody of a ticket that was renewed.
        ticket.reset(SSL_get1_session(open.back().client.get()));
      return SSL_session_reused(open.back().server.get()) == 1;
    };
    CHECK_FALSE(resumes(false));
    CHECK(resumes());
    context.rotate_ticket_keys();
    CHECK(resumes()); // And is given a ticket under the new key.
    context.rotate_ticket_keys();
    CHECK(resumes());
    context.rotate_ticket_keys();
    context.rotate_ticket_keys();
    CHECK_FALSE(resumes());
  }
}

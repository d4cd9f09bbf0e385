#include "actors/tls/backend_context.hpp"

#include "actors/tls/server_context.hpp"
#include "tests/support/certificate_forge.hpp"
#include "tests/support/memory_handshake.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

/// A backend whose certificate an authority signed, and that authority in a file.
struct fixture {
  test::temporary_folder folder;
  test::forged_certificate authority
      = test::forge({.common_name = "authority", .names = {}, .is_authority = true});
  test::forged_certificate leaf = test::forge({.common_name = "x",
                                               .names = {"DNS:old.internal", "IP:127.0.0.1"},
                                               .issuer = &authority});
  std::string ca_file = folder.write("ca.pem", authority.chain_pem());
  std::string reason; ///< Of the last failure.

  /// Connects; true if it was resumed or not is in `resumed`.
  bool connect(const backend_context& context) {
    auto loaded = load_certificate(leaf.chain_pem(), leaf.key_pem(), {});
    auto shown = std::make_shared<certificate>();
    static_cast<certificate_facts&>(*shown) = loaded.facts;
    shown->context = std::move(loaded.context);
    const auto server
        = backend.new_session(std::make_shared<const server_certificates>(
                                  std::vector<std::shared_ptr<const certificate>>{shown}),
                              {.rule = retirement::never});
    const auto client = context.new_session();
    const auto outcome = test::shake_hands(client.get(), server.get(), true);
    resumed = outcome.done && SSL_session_reused(client.get()) == 1;
    asked = handshake_of(server.get()).asked;
    reason = outcome.done ? "" : failure_reason(client.get());
    return outcome.done;
  }
  server_context backend;
  bool resumed = false;
  std::string asked;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "verify full takes the right host name and address only") {
  const auto with_host = [&](const std::string& host) {
    return connect(backend_context{{.host = host, .ca_file = ca_file}});
  };
  CHECK(with_host("old.internal"));
  CHECK(asked == "old.internal");
  CHECK(with_host("127.0.0.1"));
  CHECK(asked == ""); // RFC 6066 section 3.
  CHECK_FALSE(with_host("new.internal"));
  CHECK(reason.find("ostname mismatch") != std::string::npos);
  CHECK_FALSE(with_host("127.0.0.2"));
  CHECK(reason.find("IP address mismatch") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "verify full refuses a stranger's authority and an expired leaf") {
  const auto stranger
      = test::forge({.common_name = "stranger", .names = {}, .is_authority = true});
  const auto other = folder.write("other.pem", stranger.chain_pem());
  CHECK_FALSE(connect(backend_context{{.host = "old.internal", .ca_file = other}}));
  CHECK(reason.find("issuer certificate") != std::string::npos);
  leaf = test::forge({.names = {"DNS:old.internal"},
                      .ends = std::chrono::system_clock::now() - 1min,
                      .issuer = &authority});
  CHECK_FALSE(connect(backend_context{{.host = "old.internal", .ca_file = ca_file}}));
  CHECK(reason == "certificate has expired");
}

TEST_CASE_FIXTURE(fixture, "a pin looks at the key alone") {
  const auto pin = pin_of(leaf.leaf.get());
  REQUIRE(pin);
  CHECK(
      connect(backend_context{{.trust = backend_trust::pin, .host = "any.name", .pin = *pin}}));
  auto wrong = *pin;
  wrong[31] ^= 1;
  CHECK_FALSE(connect(
      backend_context{{.trust = backend_trust::pin, .host = "old.internal", .pin = wrong}}));
  CHECK(reason == "the public key is not the pinned one, it is " + to_string(*pin));
}

TEST_CASE_FIXTURE(fixture, "verify none takes anything") {
  CHECK(connect(backend_context{{.trust = backend_trust::none, .host = "any.name"}}));
}

TEST_CASE_FIXTURE(fixture, "sessions are resumed, one context's never by another") {
  const backend_context context{{.host = "old.internal", .ca_file = ca_file}};
  int resumptions = 0;
  for (int i = 0; i < 10; ++i) {
    CHECK(connect(context));
    resumptions += resumed ? 1 : 0;
  }
  CHECK(resumptions == 9);
  CHECK(connect(backend_context{{.host = "old.internal", .ca_file = ca_file}}));
  CHECK_FALSE(resumed); // A reload starts anew.
}

namespace {

/// A server of the last century: TLS 1.0, and a certificate signed with SHA-1 by a short key.
struct old_server {
  test::forged_certificate identity
      = test::forge({.names = {"DNS:old.internal"}, .rsa_bits = 1024, .digest = EVP_sha1()});
  ssl_ctx_ptr context{SSL_CTX_new(TLS_server_method())};
  std::string ciphers = "ALL";
  bool asks_for_certificate = false;
  std::string reason; ///< Of the last failure.
  std::string version;

  bool connect(const backend_context& ours) {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_cipher_list(context.get(), ciphers.c_str());
    SSL_CTX_use_cert_and_key(context.get(), identity.leaf.get(), identity.key.get(), nullptr,
                             1);
    const ssl_ptr server{SSL_new(context.get())};
    SSL_set_accept_state(server.get());
    const auto client = ours.new_session();
    const auto outcome = test::shake_hands(client.get(), server.get(), true);
    reason = outcome.done ? "" : failure_reason(client.get());
    version = outcome.done ? version_of(client.get()) : "";
    return outcome.done;
  }
};

} // namespace

TEST_CASE_FIXTURE(old_server, "an old server is reached by the context that is meant for it") {
  const test::temporary_folder folder;
  const auto ca = folder.write("ca.pem", identity.chain_pem());
  const auto with = [&](int least, int level, const std::string& listed = {}) {
    return connect(backend_context{{.host = "old.internal",
                                    .ca_file = ca,
                                    .min_version = least,
                                    .ciphers = listed,
                                    .security_level = level}});
  };
  CHECK(with(TLS1_VERSION, 0));
  CHECK(version == "1.0");
  CHECK(with(TLS1_VERSION, 0, "ALL:@SECLEVEL=0"));
  CHECK(with(TLS1_VERSION, 0, "AES128-SHA"));
  CHECK_FALSE(with(TLS1_2_VERSION, 2));
  CHECK_FALSE(with(TLS1_2_VERSION, 0));
  CHECK_FALSE(with(TLS1_VERSION, 1));
  CHECK_FALSE(connect(backend_context{{.host = "new.internal",
                                       .ca_file = ca,
                                       .min_version = TLS1_VERSION,
                                       .security_level = 0}}));
  CHECK(reason.find("ostname mismatch") != std::string::npos);
}

TEST_CASE_FIXTURE(old_server, "suites without a certificate are no way around verify") {
  ciphers = "aNULL";
  CHECK_FALSE(connect(backend_context{{.trust = backend_trust::none,
                                       .host = "old.internal",
                                       .min_version = TLS1_VERSION,
                                       .ciphers = "ALL:aNULL:eNULL",
                                       .security_level = 0}}));
}

TEST_CASE("what OpenSSL can't use says which key is to blame") {
  const auto blamed = [](const backend_options& options) {
    try {
      const backend_context made{options};
    } catch (const backend_fault& fault) {
      return fault.key();
    }
    return std::string{"nothing"};
  };
  CHECK(blamed({.trust = backend_trust::none}) == "nothing");
  CHECK(blamed({.trust = backend_trust::none, .ciphers = "NO-SUCH-SUITE"}) == "ciphers");
  CHECK(blamed({.trust = backend_trust::none, .ciphers = "aNULL"}) == "ciphers");
  CHECK(blamed({.ca_file = "/nowhere"}) == "ca");
}

TEST_CASE_FIXTURE(fixture, "a backend that asks who we are is told") {
  const auto us = test::forge({.common_name = "proxy", .names = {"DNS:proxy.example"}});
  const auto loaded = load_certificate(us.chain_pem(), us.key_pem(), {});
  const ssl_ctx_ptr strict{SSL_CTX_new(TLS_server_method())};
  SSL_CTX_use_cert_and_key(strict.get(), leaf.leaf.get(), leaf.key.get(), nullptr, 1);
  SSL_CTX_set_verify(strict.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
  const auto told = [&](const SSL_CTX* identity) {
    const backend_context ours{{.trust = backend_trust::none, .identity = identity}};
    const ssl_ptr server{SSL_new(strict.get())};
    SSL_set_accept_state(server.get());
    const auto client = ours.new_session();
    static_cast<void>(test::shake_hands(client.get(), server.get()));
    const x509_ptr shown{SSL_get1_peer_certificate(server.get())};
    return shown ? read_facts(shown.get()).names.front() : "nothing";
  };
  CHECK(told(loaded.context.get()) == "proxy.example");
  CHECK(told(nullptr) == "nothing");
}

TEST_CASE_FIXTURE(fixture, "an authority file that is none is a reason, not a context") {
  CHECK_THROWS_AS(backend_context({.host = "a", .ca_file = folder.write("empty.pem", "")}),
                  std::runtime_error);
}

TEST_CASE("a session that ends without a word says so") {
  const backend_context context{{.trust = backend_trust::none, .host = "a"}};
  const auto client = context.new_session();
  CHECK(failure_reason(client.get()) == "the peer closed the connection");
}

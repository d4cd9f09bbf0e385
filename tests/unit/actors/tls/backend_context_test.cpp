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
    auto loaded = load_certificate(leaf.chain_pem(), leaf.key_pem());
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

TEST_CASE_FIXTURE(fixture, "the next connection resumes the newest session") {
  const backend_context context{{.host = "old.internal", .ca_file = ca_file}};
  CHECK(connect(context));
  CHECK_FALSE(resumed);
  CHECK(connect(context));
  CHECK(resumed);
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

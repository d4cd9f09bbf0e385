// One epoch for everything (SPEC.md): whatever the order in which logins, recipients, content,
// replies and changes of routes come, nothing reaches a server that the epoch in force forbids,
// a drain that counts zero is zero, and every login has its answer.
#include "tests/actors/interleavings/interleaving.hpp"

#include "tests/support/certificate_forge.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <random>

using namespace stellwerk;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t workers = 6;

std::shared_ptr<const tls::certificate> make_certificate() {
  const auto forged = test::forge({.common_name = "proxy.example"});
  auto loaded = tls::load_certificate(forged.chain_pem(), forged.key_pem(),
                                      std::chrono::system_clock::now());
  REQUIRE(loaded.problem == "");
  auto made = std::make_shared<tls::certificate>();
  static_cast<tls::certificate_facts&>(*made) = loaded.facts;
  made->context = std::move(loaded.context);
  made->key_kind = EVP_PKEY_get_base_id(forged.key.get());
  return made;
}

world_ptr make_world(const test::backend_ports& ports, const std::filesystem::path& folder) {
  auto made = std::make_shared<world>();
  auto& settings = made->current.settings;
  settings.state_dir = folder;
  settings.file = folder / "stellwerk.yaml";
  settings.routes = folder / "routes.yaml"; // Not there: orders for one domain go on without.
  settings.backends.on_old = ports.settings_of(side::on_old);
  settings.backends.on_new = ports.settings_of(side::on_new);
  settings.policy.general = {.login_case = {.mode = policy_mode::off},
                             .envelope = {.mode = policy_mode::off},
                             .header = {.mode = policy_mode::off}};
  settings.policy.delivery_tls = policy_mode::observe;
  // Nobody is late: what must end has to end by itself.
  settings.budgets.park = settings.budgets.drain = settings.budgets.greeting = 24h;
  settings.limits.unauthenticated = settings.limits.command = settings.limits.idle = 24h;
  made->tls.certificates = std::make_shared<const tls::server_certificates>(
      std::vector<std::shared_ptr<const tls::certificate>>{make_certificate()});
  return made;
}

/// Where an fsync costs nothing: a run asks for ten thousand.
std::filesystem::path folder_in_memory() {
  const std::filesystem::path memory{"/dev/shm"};
  return std::filesystem::is_directory(memory) ? memory
                                               : std::filesystem::temp_directory_path();
}

class interleavings_fixture {
public:
  interleavings_fixture() { ::signal(SIGPIPE, SIG_IGN); } // As `serve` does.

  test::temporary_folder folder{folder_in_memory()};
  test::backend_ports ports;
  test::client_tls tls;
  test::stepped_system system{workers};
  test::shared_parts shared{system, ports, tls, std::make_shared<const tls::server_context>(),
                            make_world(ports, folder.path())};
};

} // namespace

TEST_CASE_FIXTURE(interleavings_fixture, "one epoch holds in every interleaving") {
  const char* asked = std::getenv("STELLWERK_SEED"); // Of the one interleaving to play again.
  const std::uint64_t first = asked != nullptr ? std::stoull(asked) : std::random_device{}();
  const std::size_t count = asked != nullptr ? 1 : is_sanitized() ? 150 : 2000;
  std::map<std::string, std::size_t> counts;
  const auto enough = std::chrono::steady_clock::now() + 100s; // On a machine that is busy.
  for (auto seed = first; seed < first + count && std::chrono::steady_clock::now() < enough;
       ++seed) {
    test::interleaving one{shared, seed};
    one.play();
    for (const auto& [what, often] : one.seen().counts)
      counts[what] += often;
    INFO("STELLWERK_SEED=" << seed);
    for (const auto& trespass : one.seen().trespasses())
      FAIL_CHECK(trespass);
    REQUIRE(one.seen().trespasses().empty());
  }
  if (asked == nullptr)
    for (const auto* what : {"credentials of a reader old",
                             "credentials of a reader new",
                             "yes to a reader old",
                             "yes to a reader new",
                             "command of a reader old",
                             "command of a reader new",
                             "credentials of a sender old",
                             "credentials of a sender new",
                             "yes to a sender old",
                             "yes to a sender new",
                             "MAIL old",
                             "MAIL new",
                             "RCPT old",
                             "RCPT new",
                             "354 old",
                             "354 new",
                             "DATA old",
                             "DATA new",
                             "content old",
                             "content new",
                             "change",
                             "drained",
                             "draining",
                             "no to DATA",
                             "message taken"})
      CHECK_MESSAGE(counts[what] > 0, what);
}

TEST_CASE_FIXTURE(interleavings_fixture, "a seed is one interleaving") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    test::interleaving once{shared, seed};
    once.play();
    test::interleaving again{shared, seed};
    again.play();
    CHECK(once.seen().digest() == again.seen().digest());
    CHECK(once.seen().counts == again.seen().counts);
  }
}

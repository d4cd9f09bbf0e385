#include "actors/failed_logins.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using stellwerk::failed_logins;
using time_point = stellwerk::io::clock::time_point;

namespace {

/// Fails logins of an IPv4 client whose address has these four octets.
struct guesser {
  failed_logins& failures;
  time_point now{1h};

  milliseconds fail(const std::string& address, const std::string& login,
                    const std::string& password) const {
    return failures.note({address, std::string_view{address}.substr(0, 3), login, password},
                         now);
  }
};

std::string nth(int number) { return "user" + std::to_string(number) + "@example.org"; }

/// Of 10.x.y.z.
std::string address_of(int network, int host) {
  return {'\x0a', static_cast<char>(network / 256), static_cast<char>(network % 256),
          static_cast<char>(host)};
}

} // namespace

TEST_CASE("a login that fails wherever it comes from waits ever longer, up to 27 s") {
  failed_logins failures;
  const guesser from{failures};
  std::vector<milliseconds> delays;
  for (int i = 0; i < 11; ++i)
    delays.push_back(from.fail(address_of(i, 1), "anna@example.org", std::to_string(i)));
  CHECK(delays == std::vector<milliseconds>{0s, 0s, 0s, 0s, 1s, 3s, 7s, 15s, 27s, 27s, 27s});
}

TEST_CASE("so does an address whatever its logins, later; and a network, much later") {
  failed_logins failures;
  const guesser from{failures};
  for (int i = 0; i < 8; ++i)
    CHECK(from.fail(address_of(1, 1), nth(i), "guess") == 0s);
  CHECK(from.fail(address_of(1, 1), nth(8), "guess") == 1s);
  CHECK(from.fail(address_of(1, 2), nth(9), "guess") == 0s);
  for (int i = 10; i < 32; ++i)
    CHECK(from.fail(address_of(1, i), nth(i), "guess") == 0s);
  CHECK(from.fail(address_of(1, 40), nth(40), "guess") == 1s);
  CHECK(from.fail(address_of(2, 40), nth(41), "guess") == 0s);
}

TEST_CASE("a device with an old password counts once") {
  failed_logins failures;
  guesser from{failures};
  for (int i = 0; i < 1000; ++i) {
    CHECK(from.fail(address_of(1, 1 + i % 2), "anna@example.org", "old password") == 0s);
    from.now += 1s;
  }
  for (int i = 0; i < 3; ++i)
    CHECK(from.fail(address_of(1, 1), "anna@example.org", std::to_string(i)) == 0s);
}

TEST_CASE("the same password for another login, or of another network, is another guess") {
  failed_logins failures;
  const guesser from{failures};
  milliseconds last{};
  for (int i = 0; i < 9; ++i)
    last = from.fail(address_of(1, 1), nth(i), "summer");
  CHECK(last == 1s);
  for (int i = 0; i < 5; ++i)
    last = from.fail(address_of(10 + i, 1), "anna@example.org", "summer");
  CHECK(last == 1s);
}

TEST_CASE("a wrong case is no way round: it counts for the same login") {
  failed_logins failures;
  const guesser from{failures};
  int network = 0;
  for (const auto* login : {"anna@example.org", "ANNA@example.org", "Anna@Example.Org"})
    for (const auto* password : {"1", "2"})
      CHECK(from.fail(address_of(++network, 1), login, password) <= 3s);
  CHECK(from.fail(address_of(9, 9), "aNNA@example.org", "3") == 7s);
}

TEST_CASE("what is quiet is forgotten") {
  failed_logins failures;
  guesser from{failures};
  for (int i = 0; i < 20; ++i)
    static_cast<void>(from.fail(address_of(1, 1), nth(i), "guess"));
  CHECK(from.fail(address_of(1, 1), nth(20), "guess") == 27s);
  from.now += 10min;
  CHECK(from.fail(address_of(1, 1), nth(21), "guess") > 0s);
  from.now += 20min;
  CHECK(from.fail(address_of(1, 1), nth(22), "guess") == 0s);
}

TEST_CASE("a spray of logins from ever other addresses leaves the table working") {
  const auto failures = std::make_unique<failed_logins>();
  const guesser from{*failures};
  for (int i = 0; i < 300'000; ++i)
    static_cast<void>(from.fail(address_of(i / 16 % 65536, i % 16), nth(i), "guess"));
  milliseconds last{};
  for (int i = 0; i < 6; ++i)
    last = from.fail(address_of(300, 200), "anna@example.org", std::to_string(i));
  CHECK(last >= 3s);
}

TEST_CASE("all workers share it") {
  failed_logins failures;
  const guesser from{failures};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker)
    workers.emplace_back([&from, worker] {
      for (int i = 0; i < 100; ++i)
        static_cast<void>(from.fail(address_of(worker, 1), nth(i), std::to_string(worker)));
    });
  for (auto& one : workers)
    one.join();
  CHECK(from.fail(address_of(9, 9), nth(50), "another") == 1s); // Four before it, one of each.
}

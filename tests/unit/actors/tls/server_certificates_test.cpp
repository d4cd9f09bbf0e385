#include "actors/tls/server_certificates.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

const time_point now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 31};

std::shared_ptr<certificate> named(std::vector<std::string> names,
                                   time_point ends = now + 24h) {
  auto made = std::make_shared<certificate>();
  made->names = std::move(names);
  made->not_before = now - 24h;
  made->not_after = ends;
  return made;
}

/// The first name of what is chosen, or why nothing is.
std::string choice(const server_certificates& table, std::string_view asked,
                   std::string_view bound = {}, retirement rule = retirement::applies) {
  const auto made = table.choose(asked, bound, rule, now);
  CHECK(made.retired == (made.chosen == nullptr));
  return made.chosen ? made.chosen->names.front() : "retired";
}

} // namespace

TEST_CASE("the server name picks, by name before wildcard, whatever the order") {
  const server_certificates table{
      {named({"one.example"}), named({"*.example"}), named({"two.example", "three.example"})}};
  CHECK(choice(table, "one.example") == "one.example");
  CHECK(choice(table, "three.example") == "two.example");
  CHECK(choice(table, "four.example") == "*.example");
  CHECK(table.choose("four.example", {}, retirement::applies, now).by_name);
}

TEST_CASE("nobody's name and no name take the listener's, else the first not retired") {
  const server_certificates table{
      {named({"gone.example"}, now), named({"first.example"}), named({"bound.example"})}};
  for (const auto* asked : {"", "nobodys.example"}) {
    CHECK(choice(table, asked) == "first.example");
    CHECK(choice(table, asked, "bound.example") == "bound.example");
    CHECK(choice(table, asked, "gone.example") == "retired");
    CHECK_FALSE(table.choose(asked, "bound.example", retirement::applies, now).by_name);
  }
  CHECK(choice(table, "bound.example", "first.example") == "bound.example");
}

TEST_CASE("a name is retired at the moment its last certificate ends") {
  const auto old = named({"mail.example"}, now);
  const server_certificates alone{{old, named({"other.example"})}};
  CHECK(alone.choose("mail.example", {}, retirement::applies, now - 1ns).chosen == old);
  CHECK(choice(alone, "mail.example") == "retired");
  CHECK(alone.is_retired("mail.example", now));
  CHECK_FALSE(alone.is_retired("mail.example", now - 1ns));
  CHECK_FALSE(alone.is_retired("other.example", now));
  CHECK_FALSE(alone.is_retired("nobodys.example", now));

  const auto renewed = named({"mail.example"});
  const server_certificates both{{old, renewed}};
  CHECK(both.choose("mail.example", {}, retirement::applies, now).chosen == renewed);
  CHECK_FALSE(both.is_retired("mail.example", now));
}

TEST_CASE("until ends a name before its certificate does, never after") {
  auto early = named({"mail.example"}, now + 24h);
  early->until = now;
  CHECK(early->retired(now));
  CHECK(early->days_left(now - 36h) == 1);
  CHECK(early->days_left(now + 1s) == -1);
  early->until = now + 48h;
  CHECK(early->ends() == now + 24h);
}

TEST_CASE("a certificate whose time has not begun waits while there is another") {
  auto next = named({"mail.example"});
  next->not_before = now + 1h;
  const auto present = named({"mail.example"});
  const server_certificates table{{next, present}};
  CHECK(table.choose("mail.example", {}, retirement::applies, now).chosen == present);
  const server_certificates alone{{next}};
  CHECK(alone.choose("mail.example", {}, retirement::applies, now).chosen == next);
}

TEST_CASE("on port 25 nothing is retired: the next valid one serves, else what there is") {
  const auto expired = named({"mail.example"}, now);
  const server_certificates table{{expired, named({"other.example"})}};
  CHECK(choice(table, "mail.example", {}, retirement::never) == "other.example");
  CHECK_FALSE(table.choose("mail.example", {}, retirement::never, now).by_name);

  const server_certificates all_expired{{named({"other.example"}, now), expired}};
  CHECK(choice(all_expired, "mail.example", {}, retirement::never) == "mail.example");
  CHECK(choice(all_expired, "", {}, retirement::never) == "other.example");
  CHECK(choice(all_expired, "", "mail.example", retirement::never) == "mail.example");

  auto ended = named({"mail.example"});
  ended->until = now - 1h;
  const server_certificates still_valid{{named({"other.example"}), ended}};
  CHECK(choice(still_valid, "mail.example", {}, retirement::never) == "mail.example");
}

TEST_CASE("an empty table chooses nothing and calls nobody retired") {
  const auto made
      = server_certificates{}.choose("a.example", "b.example", retirement::applies, now);
  CHECK_FALSE(made.chosen);
  CHECK_FALSE(made.retired);
  CHECK_FALSE(server_certificates{}.choose({}, {}, retirement::never, now).chosen);
}

TEST_CASE("certificates with keys of other kinds for the same name are companions") {
  const auto with_key
      = [](std::vector<std::string> names, int kind, time_point ends = now + 24h) {
          auto made = named(std::move(names), ends);
          made->key_kind = kind;
          return made;
        };
  const auto ecdsa = with_key({"mail.example"}, EVP_PKEY_EC);
  const auto wild = with_key({"*.example"}, EVP_PKEY_RSA);
  const auto rsa = with_key({"other.example", "mail.example"}, EVP_PKEY_RSA, now + 48h);
  const auto foreign = with_key({"elsewhere.example.org"}, EVP_PKEY_RSA);
  const server_certificates table{{ecdsa, wild, rsa, foreign}};
  const auto companions = [&](std::string_view asked, time_point when) {
    return table.choose(asked, {}, retirement::applies, when).companions;
  };
  CHECK(table.choose("mail.example", {}, retirement::applies, now).chosen == ecdsa);
  CHECK(companions("mail.example", now)
        == std::vector<std::shared_ptr<const certificate>>{rsa});
  CHECK(companions("other.example", now).empty());
  CHECK(companions("", now) == std::vector<std::shared_ptr<const certificate>>{rsa});
  // The name lives as long as one of them does.
  CHECK(table.choose("mail.example", {}, retirement::applies, now + 24h).chosen == rsa);
  CHECK(companions("mail.example", now + 24h).empty());
  const auto gone = table.choose("mail.example", {}, retirement::applies, now + 48h);
  CHECK(gone.retired);
  CHECK(gone.retired_name == "mail.example");
}

TEST_CASE("a retired wildcard is retired under its own name") {
  const server_certificates table{{named({"*.example"}, now), named({"b.example.org"})}};
  CHECK(table.choose("any.example", {}, retirement::applies, now).retired_name == "*.example");
}

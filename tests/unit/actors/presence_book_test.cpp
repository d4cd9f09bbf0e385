#include "actors/presence_book.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

presence reader(std::string session, std::string login) {
  presence who{.session = std::move(session), .login = std::move(login)};
  who.domain = who.login.substr(who.login.find('@') + 1);
  return who;
}

presence recipient(std::string session, std::string address) {
  auto who = reader(std::move(session), std::move(address));
  who.kind = presence_kind::delivery;
  return who;
}

std::shared_ptr<world> with_route(phase now) {
  auto made = std::make_shared<world>();
  made->current.routes = route_table{default_route::on_old, {{"example.org", "", now, {}}}};
  return made;
}

} // namespace

TEST_CASE("a kick finds logins and domains, recipients never") {
  presence_book book;
  book.enter(1, reader("a", "anna@example.org"));
  book.enter(2, reader("b", "Anna@example.org"));
  book.enter(3, reader("c", "carla@example.com"));
  book.enter(4, recipient("d", "anna@example.org"));
  CHECK(book.kick("anna@example.org", 1).size() == 1);
  CHECK(book.kick("example.org", 2).size() == 2);
  CHECK(book.kick("Example.ORG.", 2).size() == 2);
  CHECK(book.kick("nobody@example.org", 3).empty());
  CHECK(book.kick("session=c", 3).size() == 1);
  CHECK(book.kick("session=", 3).empty());
  CHECK(book.kick("session=d", 3).empty());
  CHECK(book.told_up_to(1).size() == 1);
  CHECK(book.told_up_to(3).size() == 3);
}

TEST_CASE("a kick holds wherever the session is counted next, another order does not") {
  presence_book book;
  book.enter(1, reader("a", "anna@example.org"));
  book.enter(2, reader("b", "bert@example.org"));
  REQUIRE(book.kick("bert@example.org", 1).size() == 1);
  REQUIRE(book.take_misplaced(*with_route(phase::on_new), 2).size() == 1);
  REQUIRE(book.sessions_draining() == 2);
  auto moved = reader("a", "anna@example.org");
  moved.where = side::on_new;
  book.enter(1, moved);
  moved = reader("b", "bert@example.org");
  moved.where = side::on_new;
  book.enter(2, moved);
  CHECK(book.sessions_draining() == 1);
  REQUIRE(book.told_up_to(2).size() == 1);
  CHECK(book.told_up_to(2).front().session == "b");
  book.leave(2);
  CHECK(book.sessions_draining() == 0);
}

TEST_CASE("who was told before and is kicked keeps the sooner end") {
  presence_book book;
  book.enter(1, reader("a", "anna@example.org"));
  REQUIRE(book.take_misplaced(*with_route(phase::on_new), 1).size() == 1);
  CHECK(book.kick("anna@example.org", 2).size() == 1);
  CHECK(book.told_up_to(1).size() == 1);
}

TEST_CASE("what drains is counted by session, not by recipient") {
  presence_book book;
  for (std::uint64_t ticket = 1; ticket <= 5; ++ticket)
    book.enter(ticket, recipient("a", "list@example.org"));
  book.enter(6, recipient("b", "list@example.org"));
  CHECK(book.sessions_draining() == 0);
  CHECK(book.take_misplaced(*with_route(phase::on_new), 1).size() == 6);
  CHECK(book.sessions_draining() == 2);
  for (std::uint64_t ticket = 1; ticket <= 4; ++ticket)
    book.leave(ticket);
  CHECK(book.sessions_draining() == 2);
  book.leave(5);
  CHECK(book.sessions_draining() == 1);
}

namespace {

presence parked(std::string session, std::string login) {
  auto who = reader(std::move(session), std::move(login));
  who.where = side::on_new;
  who.parked = true;
  return who;
}

} // namespace

TEST_CASE("who is parked is at neither side, and no drain waits for it") {
  presence_book book;
  book.enter(1, parked("a", "anna@example.org"));
  book.enter(2, reader("b", "bert@example.org"));
  const auto counted = book.tallies().at("example.org");
  CHECK(counted.parked == 1);
  CHECK(counted.sessions_on_old == 1);
  CHECK(counted.sessions_on_new == 0);
  CHECK(book.count_misplaced(*with_route(phase::moving), "example.org") == 1);
  CHECK(book.take_misplaced(*with_route(phase::moving), 1).size() == 1);
  CHECK(book.take_misplaced(*with_route(phase::on_old), 2).empty());
  CHECK(book.sessions_draining() == 1);
  CHECK(book.kick("anna@example.org", 3).size() == 1);
}

TEST_CASE("the parked are released once, in the order they came, when nothing holds them") {
  presence_book book;
  for (std::uint64_t ticket = 20; ticket > 10; --ticket)
    book.enter(ticket, parked(std::to_string(ticket), "anna@example.org"));
  book.enter(1, reader("b", "bert@example.org"));
  CHECK(book.take_released(*with_route(phase::moving)).empty());
  CHECK(book.take_released(*with_route(phase::returning)).empty());
  const auto released = book.take_released(*with_route(phase::on_new));
  REQUIRE(released.size() == 10);
  CHECK(released.front().session == "11");
  CHECK(released.back().session == "20");
  CHECK(book.take_released(*with_route(phase::on_new)).empty());
  CHECK(book.tallies().at("example.org").parked == 10); // Until they have decided.
  book.enter(11, parked("11", "anna@example.org"));
  CHECK(book.take_released(*with_route(phase::on_old)).size() == 1);
}

TEST_CASE("a login whose account is gone, pinned or of another domain is released") {
  const auto with = [](account who) {
    auto made = std::make_shared<world>(*with_route(phase::moving));
    made->current.accounts
        = std::make_shared<const account_table>(std::vector<account>{std::move(who)});
    return made;
  };
  const auto is_released = [](const world& now) {
    presence_book book;
    book.enter(1, parked("a", "anna@example.org"));
    return book.take_released(now).size() == 1;
  };
  account anna;
  anna.login = "anna@example.org";
  anna.domain = "example.org";
  CHECK_FALSE(is_released(*with(anna)));
  auto other = anna;
  other.login = "bert@example.org";
  CHECK(is_released(*with(other)));
  other = anna;
  other.domain = "example.net";
  CHECK(is_released(*with(other)));
  other = anna;
  other.pin = side::on_new;
  CHECK(is_released(*with(other)));
  other.pin = side::on_old;
  CHECK_FALSE(is_released(*with(other)));
}

#include "actors/metrics/session_tally.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::metrics;

namespace {

struct fixture {
  counts all;
  listener_counts& here = all.listener("imap:993");
  session_tally tally{all, here};

  void note(log::event what, std::initializer_list<log::field> fields = {}) {
    tally.note(what, {fields.begin(), fields.size()});
  }
};

} // namespace

TEST_CASE("listeners of one name share their counts") {
  counts all;
  auto& first = all.listener("smtp:25");
  CHECK(&all.listener("smtp:25") == &first);
  CHECK(&all.listener("imap:993") != &first);
  CHECK(all.listeners().size() == 2);
}

TEST_CASE_FIXTURE(fixture, "a session is counted where its connection leads, until it ends") {
  CHECK(here.connections.value() == 1);
  CHECK(here.sessions[place::none].value() == 1);
  tally.note_ready(place::on_old, std::chrono::milliseconds{7});
  CHECK(here.sessions[place::none].value() == 0);
  CHECK(here.sessions[place::on_old].value() == 1);
  note(log::event::login_accepted, {{"backend", "old"}});
  CHECK(here.logins[login_outcome::accepted].value() == 1);
  tally.end();
  CHECK(here.sessions[place::on_old].value() == 0);
  CHECK(here.connections.value() == 1);
}

TEST_CASE_FIXTURE(fixture, "a login that fails leads nowhere") {
  tally.note_ready(place::on_new, std::chrono::milliseconds{7});
  note(log::event::login_refused);
  CHECK(here.sessions[place::none].value() == 1);
  CHECK(here.sessions[place::on_new].value() == 0);
  note(log::event::login_unavailable);
  CHECK(here.logins[login_outcome::refused].value() == 1);
  CHECK(here.logins[login_outcome::unavailable].value() == 1);
  CHECK(here.logins[login_outcome::accepted].value() == 0);
}

TEST_CASE_FIXTURE(fixture, "transactions and failures are counted at their backend") {
  note(log::event::message_accepted, {{"octets", 5}, {"backend", "new"}});
  note(log::event::message_deferred, {{"backend", "queue"}});
  note(log::event::message_refused, {{"backend", "old"}});
  note(log::event::backend_failed, {{"backend", "old"}, {"why", "new"}});
  note(log::event::session_started, {{"backend", "old"}});
  CHECK(all.backend(place::on_new).transactions[transaction_outcome::accepted].value() == 1);
  CHECK(all.backend(place::queue).transactions[transaction_outcome::deferred].value() == 1);
  CHECK(all.backend(place::on_old).transactions[transaction_outcome::refused].value() == 1);
  CHECK(all.backend(place::on_old).failures.value() == 1);
  CHECK(all.backend(place::on_new).failures.value() == 0);
}

TEST_CASE("a histogram's bounds belong to their bucket") {
  histogram taken;
  taken.observe(std::chrono::microseconds{0});
  taken.observe(std::chrono::milliseconds{1});
  taken.observe(std::chrono::microseconds{1001});
  taken.observe(std::chrono::seconds{10});
  taken.observe(std::chrono::seconds{11});
  CHECK(taken.in_bucket(0) == 2);
  CHECK(taken.in_bucket(1) == 1);
  CHECK(taken.in_bucket(histogram::bounds_ms.size() - 1) == 1);
  CHECK(taken.in_bucket(histogram::bounds_ms.size()) == 1);
  CHECK(taken.sum() == std::chrono::microseconds{21'002'001});
}

#include "config/route_decision.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace stellwerk;

namespace {

// m.example is in `now`; its accounts: plain@, pin-old@ and pin-new@. u.example is not listed.
snapshot in_phase(phase now, default_route fallback = default_route::on_old) {
  snapshot current;
  current.routes = route_table{fallback, {{"m.example", "m.example", now, {}}}};
  std::vector<account> rows{{"plain@m.example", "m.example", "", "", {}, {}},
                            {"pin-old@m.example", "m.example", "", "", {}, side::on_old},
                            {"pin-new@m.example", "m.example", "", "", {}, side::on_new},
                            {"pin-new@u.example", "u.example", "", "", {}, side::on_new}};
  rows[2].senders.push_back(parse_sender_pattern("info@m.example").value());
  current.accounts = std::make_shared<const account_table>(std::move(rows));
  return current;
}

login_judgement judged(const snapshot& current, std::string_view login) {
  return judge_login(
      *current.accounts, [](std::string_view) { return policy_mode::observe; }, login);
}

// "old", "new", "hold" or "refuse".
std::string word(const route_decision& decision) {
  switch (decision.verdict) {
    case route_verdict::serve:
      return std::string{text_of(decision.to)};
    case route_verdict::hold:
      return "hold";
    case route_verdict::refuse:
      return "refuse";
  }
  return "";
}

std::string access(const snapshot& current, std::string_view login) {
  return word(access_route(current, judged(current, login)));
}
std::string submission(const snapshot& current, std::string_view login) {
  return word(submission_route(current, judged(current, login)));
}
std::string recipient(const snapshot& current, std::string_view address) {
  return word(recipient_route(current, address));
}

} // namespace

TEST_CASE("a phase means the same for every login and recipient of its domain") {
  struct row {
    phase now;
    std::string access, submission, delivery;
  };
  for (const auto& [now, where, hand_in, delivery] :
       std::vector<row>{{phase::on_old, "old", "old", "old"},
                        {phase::moving, "hold", "old", "hold"},
                        {phase::on_new, "new", "new", "new"},
                        {phase::returning, "hold", "new", "hold"}}) {
    const auto current = in_phase(now);
    for (const auto* login : {"plain@m.example", "unknown@M.Example", "PLAIN@m.example"}) {
      CHECK(access(current, login) == where);
      CHECK(submission(current, login) == hand_in);
      CHECK(recipient(current, login) == delivery);
    }
  }
}

TEST_CASE("pins") {
  struct row {
    phase now;
    std::string_view login;
    std::string access, submission, delivery;
  };
  for (const auto& [now, login, where, hand_in, delivery] : std::vector<row>{
           {phase::on_old, "pin-old@m.example", "old", "old", "old"},
           {phase::on_old, "pin-new@m.example", "new", "new", "new"},
           {phase::moving, "pin-old@m.example", "hold", "old", "hold"},
           {phase::moving, "pin-new@m.example", "new", "new", "hold"},
           {phase::on_new, "pin-old@m.example", "old", "old", "old"},
           {phase::on_new, "pin-new@m.example", "new", "new", "new"},
           {phase::returning, "pin-old@m.example", "old", "old", "hold"},
           {phase::returning, "pin-new@m.example", "hold", "new", "hold"},
       }) {
    const auto current = in_phase(now);
    CAPTURE(std::string{login});
    CAPTURE(std::string{text_of(now)});
    CHECK(access(current, login) == where);
    CHECK(submission(current, login) == hand_in);
    CHECK(recipient(current, login) == delivery);
  }
  CHECK(recipient(in_phase(phase::on_old), "Info+x@M.example") == "new");
}

TEST_CASE("what is not listed follows the default, but for pins") {
  struct row {
    default_route fallback;
    std::string expected;
  };
  for (const auto& [fallback, expected] : std::vector<row>{{default_route::on_old, "old"},
                                                           {default_route::on_new, "new"},
                                                           {default_route::refuse, "refuse"}}) {
    const auto current = in_phase(phase::on_new, fallback);
    for (const auto* login : {"max@u.example", "max", "", "max@", "max@sub.m.example"}) {
      CHECK(access(current, login) == expected);
      CHECK(submission(current, login) == expected);
      CHECK(recipient(current, login) == expected);
    }
    CHECK(access(current, "pin-new@u.example") == "new");
    CHECK(submission(current, "pin-new@u.example") == "new");
    CHECK(recipient(current, "pin-new@u.example") == "new");
  }
}

TEST_CASE("a decision says of which domain it is, and whether that is listed") {
  const auto current = in_phase(phase::moving);
  const auto listed = recipient_route(current, "max@M.EXAMPLE");
  CHECK(listed.listed);
  CHECK(listed.now == phase::moving);
  CHECK(listed.domain == "m.example");
  CHECK(listed.to == side::on_new); // where it is going
  const auto unlisted = recipient_route(current, "max@U.example");
  CHECK_FALSE(unlisted.listed);
  CHECK_FALSE(unlisted.now.has_value());
  CHECK(unlisted.domain == "u.example");
  // A pin does not list a domain: no_relay must still pass before it is delivered.
  CHECK_FALSE(recipient_route(current, "pin-new@u.example").listed);
  CHECK(recipient_route(current, "postmaster").domain.empty());
  CHECK(access_route(current, judged(current, "max")).domain.empty());
}

TEST_CASE("with `target` recipients of a domain under way are served where it is going") {
  for (const auto& [now, where] :
       {std::pair{phase::moving, "new"}, std::pair{phase::returning, "old"}}) {
    CAPTURE(text_of(now));
    auto current = in_phase(now);
    CHECK_FALSE(recipient_route(current, "plain@m.example").early);
    current.settings.policy.delivery_while_moving = while_moving::target;
    for (const auto* address :
         {"plain@m.example", "pin-old@m.example", "pin-new@m.example", "nobody@M.example"}) {
      CHECK(recipient(current, address) == where);
      CHECK(recipient_route(current, address).early);
    }
    CHECK_FALSE(recipient_route(current, "friend@u.example").early);
    // Logins wait all the same.
    CHECK(access(current, "plain@m.example") == "hold");
    // The sender's own server would keep it behind the back of the final sync.
    current.settings.backends.on_old.relays_moved_domains = true;
    current.settings.backends.on_new.relays_moved_domains = true;
    const auto submitted = submitted_recipient_route(
        current, judged(current, "plain@m.example"), "pin-old@m.example");
    CHECK(word(submitted) == where);
    CHECK(submitted.early);
  }
}

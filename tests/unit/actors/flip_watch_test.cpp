#include "actors/flip_watch.hpp"

#include "actors/flip_file.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;
using clock = flip_watch::clock;

constexpr clock::time_point begin{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

struct watched {
  flip_watch it;

  void lead(phase now, clock::time_point at) {
    const route_table routes{default_route::on_old, {{"example.org", "example.org", now, {}}}};
    it.follow(routes, {{"example.org", at}}, 10min, at);
  }
  void note(int good, int bad, clock::time_point at) {
    for (int i = 0; i < good; ++i)
      it.note("example.org", traffic_kind::logins, true, at);
    for (int i = 0; i < bad; ++i)
      it.note("example.org", traffic_kind::logins, false, at);
  }
  [[nodiscard]] bool is_worse(clock::time_point at) const {
    const auto reports = it.reports(at);
    const auto found = reports.find("example.org");
    return found != reports.end() && found->second.worse.contains(traffic_kind::logins);
  }
};

} // namespace

TEST_CASE("a flip is compared with the time before the domain left") {
  watched flip;
  flip.lead(phase::on_old, begin);
  flip.note(90, 10, begin + 1min);
  CHECK(flip.it.reports(begin + 1min).empty());
  flip.lead(phase::moving, begin + 5min);
  flip.note(0, 50, begin + 6min); // Nobody's fault: it is between the sides.
  flip.lead(phase::on_new, begin + 20min);
  const auto at = begin + 21min;
  flip.note(10, 3, at);
  CHECK_FALSE(flip.is_worse(at));
  flip.note(0, 2, at);
  CHECK(flip.is_worse(at));
  const auto report = flip.it.reports(at).at("example.org");
  CHECK(report.before[0] == outcome_counts{90, 10});
  CHECK(report.after[0] == outcome_counts{10, 5});
  CHECK(report.way_back == "stellwerk reverse example.org --final-sync CMD");
  CHECK(report.until == begin + 30min);
}

TEST_CASE("behind the watch nothing is compared any more, and a day later nothing is told") {
  watched flip;
  flip.lead(phase::on_old, begin);
  flip.lead(phase::on_new, begin + 1min);
  flip.note(0, 50, begin + 11min);
  CHECK_FALSE(flip.is_worse(begin + 11min));
  CHECK(flip.it.reports(begin + 24h).size() == 1);
  CHECK(flip.it.reports(begin + 24h + 1min).empty());
}

TEST_CASE("a move that was taken back is no flip") {
  watched flip;
  flip.lead(phase::on_old, begin);
  flip.lead(phase::moving, begin + 1min);
  flip.lead(phase::on_old, begin + 2min);
  CHECK(flip.it.reports(begin + 3min).empty());
}

TEST_CASE("who has come within a day, or is on the way, is a newcomer") {
  watched flip;
  flip.lead(phase::on_new, begin);
  CHECK(flip.it.is_newcomer("example.org", begin + 23h));
  CHECK_FALSE(flip.it.is_newcomer("example.org", begin + 24h));
  CHECK_FALSE(flip.it.is_newcomer("example.net", begin));
  flip.lead(phase::returning, begin + 48h);
  CHECK(flip.it.is_newcomer("example.org", begin + 96h));
}

TEST_CASE("a restart knows the flip and its doubts, for a day") {
  const test::temporary_folder folder;
  watched before;
  before.lead(phase::on_old, begin);
  before.note(90, 10, begin);
  before.lead(phase::on_new, begin + 1min);
  before.note(0, 20, begin + 2min);
  before.it.note_doubted("example.org", "Info@example.org", "550");
  CHECK(before.it.kept(begin + 25h).at("example.org").flip == std::nullopt);
  REQUIRE(save_flips(folder.path(), before.it.kept(begin + 3min)).empty());

  watched after;
  after.it.restore(load_flips(folder.path()));
  after.lead(phase::on_new, begin + 1min);
  CHECK(after.it.reports(begin + 4min) == before.it.reports(begin + 4min));
  CHECK(after.is_worse(begin + 4min));
  after.note(80, 0, begin + 5min); // The watch goes on.
  CHECK(after.it.reports(begin + 5min).at("example.org").after[0] == outcome_counts{80, 20});

  watched moved_meanwhile;
  moved_meanwhile.it.restore(load_flips(folder.path()));
  moved_meanwhile.lead(phase::on_old, begin + 1h);
  const auto report = moved_meanwhile.it.reports(begin + 1h).at("example.org");
  CHECK(report.to == phase::on_old);
  CHECK(report.doubted.empty());
  for (const auto* text : {"", "[]", "{\"example.org\": {\"home\": \"new\"}}"}) {
    std::ofstream{folder.path() / "flips.json"} << text;
    CHECK(load_flips(folder.path()).empty());
  }
}

TEST_CASE("domains that are not listed are not counted") {
  watched flip;
  flip.it.note("example.net", traffic_kind::logins, false, begin);
  flip.lead(phase::on_old, begin);
  CHECK(flip.it.reports(begin).empty());
}

} // namespace stellwerk

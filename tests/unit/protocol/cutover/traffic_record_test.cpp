#include "protocol/cutover/traffic_record.hpp"

#include <doctest/doctest.h>

namespace stellwerk {
namespace {

using namespace std::chrono_literals;

constexpr traffic_record::time_point noon{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h};

} // namespace

TEST_CASE("a larger share of what goes badly is worse, a handful is not") {
  struct trial {
    outcome_counts before;
    outcome_counts after;
    bool worse;
  };
  for (const auto& [before, after, worse] : {
           trial{{0, 0}, {0, 4}, false},        // a handful
           trial{{0, 0}, {0, 5}, true},         // nothing known of before
           trial{{0, 0}, {94, 5}, true},        // 5.05 % of new trouble
           trial{{0, 0}, {95, 5}, false},       // 5 %
           trial{{90, 10}, {75, 25}, false},    // 2 * 10 % + 5 %
           trial{{90, 10}, {74, 26}, true},     //
           trial{{0, 100}, {0, 1000}, false},   // everything fails, as before
           trial{{1000, 0}, {1000, 10}, false}, // 1 %
       }) {
    CAPTURE(before.bad);
    CAPTURE(after.bad);
    CHECK(is_worse(before, after) == worse);
  }
}

TEST_CASE("a comparison is told as a sentence") {
  CHECK(comparison_text(traffic_kind::logins, {89, 1}, {28, 12})
        == "12 of 40 logins refused, 1 of 90 before");
}

TEST_CASE("the record forgets what is too old") {
  traffic_record record;
  record.note(traffic_kind::logins, false, noon);
  record.note(traffic_kind::logins, true, noon + 30s);
  record.note(traffic_kind::recipients, true, noon + 9min);
  const auto logins = [&](std::chrono::seconds window, traffic_record::time_point now) {
    return record.of_last(window, now)[static_cast<std::size_t>(traffic_kind::logins)];
  };
  CHECK(logins(10min, noon + 9min) == outcome_counts{1, 1});
  CHECK(logins(10min, noon + 11min) == outcome_counts{});
  CHECK(logins(60min, noon + 59min) == outcome_counts{1, 1});
  record.note(traffic_kind::backend, true, noon + 61min);
  CHECK(logins(2h, noon + 61min) == outcome_counts{});
  const auto recipients = static_cast<std::size_t>(traffic_kind::recipients);
  CHECK(record.of_last(2h, noon + 61min)[recipients] == outcome_counts{1, 0});
}

} // namespace stellwerk

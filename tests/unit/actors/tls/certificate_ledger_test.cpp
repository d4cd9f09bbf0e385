#include "actors/tls/certificate_ledger.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

using record = certificate_ledger::record;

const time_point start = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};

void use(record& one, time_point now) {
  const auto hour = std::chrono::floor<std::chrono::hours>(now).time_since_epoch().count();
  one.advance(hour);
  ++one.handshakes[static_cast<std::size_t>(hour) % certificate_ledger::hours_kept];
}

} // namespace

TEST_CASE("uses are counted by the hour, over a day and a week") {
  record one;
  use(one, start);
  use(one, start + 20h);
  use(one, start + 20h);
  CHECK(one.uses(24, start + 20h) == 3);
  CHECK(one.uses(24, start + 24h) == 2);
  CHECK(one.uses(24, start + 44h) == 0);
  CHECK(one.uses(168, start + 44h) == 3);
  CHECK(one.uses(168, start + 168h) == 2);
  CHECK(one.uses(168, start + 400h) == 0);
  use(one, start + 168h); // The place of the first hour, a week later.
  CHECK(one.uses(24, start + 168h) == 1);
  CHECK(one.uses(168, start + 168h) == 3);
}

TEST_CASE("a clock that is set leaves no counts of other times") {
  record one;
  use(one, start + 2h);
  use(one, start); // A little late: its place is still there.
  CHECK(one.uses(24, start + 2h) == 2);
  use(one, start - 1000h);
  CHECK(one.uses(168, start - 1000h) == 1);
  use(one, start + 5000h);
  CHECK(one.uses(168, start + 5000h) == 1);
  CHECK(one.uses(168, start) == 0);
}

TEST_CASE("names are kept over a restart") {
  certificate_ledger ledger;
  CHECK(ledger.all().empty());
  certificate_ledger::records kept;
  use(kept[{"mail.old.example", true}], start);
  ledger.restore(kept);
  CHECK(ledger.all() == kept);
}

#include "actors/tls/certificate_status.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

const time_point now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};

certificate_facts ending_in(std::chrono::hours left) {
  certificate_facts facts;
  facts.not_after = now + left;
  return facts;
}

} // namespace

TEST_CASE("the status counts days to the earlier end and shows the certificate's own") {
  auto one = std::make_shared<certificate>();
  one->names = {"mail.old.example"};
  one->not_after = now + 48h + 12h;
  one->until = now + 24h;
  one->legacy = true;
  const server_certificates table{{one}};
  auto said = status_of(table, now);
  REQUIRE(said.size() == 1);
  CHECK(said[0].not_after == "2027-03-03T12:00:00Z");
  CHECK(said[0].days_left == 1);
  CHECK(said[0].legacy);
  CHECK_FALSE(said[0].retired);
  said = status_of(table, now + 24h);
  CHECK(said[0].days_left == 0);
  CHECK(said[0].retired);
}

TEST_CASE("warnings fall due 30, 14, 7 and 1 days before the end, each once") {
  const time_point never{};
  CHECK_FALSE(due_warning(ending_in(31 * 24h), never, now));
  CHECK(due_warning(ending_in(30 * 24h), never, now) == 30);
  CHECK(due_warning(ending_in(13 * 24h), never, now) == 14);
  CHECK(due_warning(ending_in(7 * 24h), now - 1h, now) == 7);
  CHECK_FALSE(due_warning(ending_in(7 * 24h), now, now + 1h));
  CHECK(due_warning(ending_in(1h), now - 24h, now) == 1);
  CHECK_FALSE(due_warning(ending_in(0h), now - 24h, now));
}

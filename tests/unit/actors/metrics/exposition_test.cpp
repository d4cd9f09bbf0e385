#include "actors/metrics/exposition.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::metrics;

TEST_CASE("a family is its help, its type and its samples") {
  exposition page;
  page.family("a_total", exposition::kind::counter, "How many.");
  page.sample({{"listener", "imap:993"}, {"backend", "old"}}, std::uint64_t{3});
  page.family("b", exposition::kind::gauge, "How much.");
  page.sample({}, std::int64_t{-4});
  CHECK(page.take()
        == "# HELP a_total How many.\n# TYPE a_total counter\n"
           "a_total{listener=\"imap:993\",backend=\"old\"} 3\n"
           "# HELP b How much.\n# TYPE b gauge\nb -4\n");
}

TEST_CASE("the parts of a histogram carry its name") {
  exposition page;
  page.family("h", exposition::kind::histogram, "How long.");
  page.part("_bucket", {{"le", "+Inf"}}, "2");
  CHECK(page.take() == "# HELP h How long.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\n");
}

TEST_CASE("what would end a label's value is escaped") {
  exposition page;
  page.family("a", exposition::kind::gauge, "x");
  page.sample({{"name", "q\"b\\n\n"}}, std::uint64_t{1});
  CHECK(page.take().find("a{name=\"q\\\"b\\\\n\\n\"} 1\n") != std::string::npos);
}

TEST_CASE("thousandths are exact and short") {
  CHECK(thousandths(0) == "0");
  CHECK(thousandths(1) == "0.001");
  CHECK(thousandths(25) == "0.025");
  CHECK(thousandths(500) == "0.5");
  CHECK(thousandths(10'000) == "10");
  CHECK(thousandths(12'340) == "12.34");
}

#include "config/units.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace std::chrono_literals;

TEST_CASE("durations") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("15s") == 15s);
  CHECK(parse_duration("10m") == 10min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("0s") == 0ms);
  for (const auto* wrong : {"", "10", "s", "-1s", "1.5s", "10 s", "10d", "10S", "1m30s", "1e3s",
                            "9999999999s", "+1s"})
    CHECK_FALSE(parse_duration(wrong).has_value());
  CHECK(text_of(0ms) == "0 s");
  CHECK(text_of(1500ms) == "1500 ms");
  CHECK(text_of(90s) == "90 s");
  CHECK(text_of(600s) == "10 min");
  CHECK(text_of(1h) == "1 h");
}

TEST_CASE("sizes") {
  CHECK(parse_octets("12288") == 12288U);
  CHECK(parse_octets("8KiB") == 8192U);
  CHECK(parse_octets("1MiB") == 1048576U);
  CHECK(parse_octets("2GiB") == 2147483648U);
  for (const auto* wrong : {"", "KiB", "8kb", "8 KiB", "8K", "-8", "99999999999999999999"})
    CHECK_FALSE(parse_octets(wrong).has_value());
}

TEST_CASE("dates are days of the calendar") {
  using namespace std::chrono;
  CHECK(parse_date("2027-03-31") == sys_days{2027y / March / 31});
  CHECK(parse_date("2028-02-29").has_value());
  for (const auto* wrong : {"", "2027-02-29", "2027-3-31", "31.03.2027", "2027-13-01",
                            "2027-00-01", "2027/03/31", "2027-03-31 "})
    CHECK_FALSE(parse_date(wrong).has_value());
}

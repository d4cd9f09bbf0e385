#include "config/read_value.hpp"
#include "config/sections.hpp"

namespace stellwerk {

using namespace std::chrono_literals;

void read_budgets(const yaml_value& value, budget_settings& into) {
  yaml_mapping map{value};
  read_duration(map.take("park"), into.park, 1s, 1h);
  read_duration(map.take("park_keepalive"), into.park_keepalive, 1s, 5min);
  read_duration(map.take("drain"), into.drain, 0s, 10min);
  read_duration(map.take("freeze"), into.freeze, 1s, 24h);
  read_duration(map.take("watch"), into.watch, 0s, 1h);
  read_duration(map.take("connect"), into.connect, 100ms, 2min);
  read_duration(map.take("greeting"), into.greeting, 100ms, 10min);
}

void read_limits(const yaml_value& value, limit_settings& into) {
  constexpr std::size_t kib = 1024;
  constexpr std::size_t mib = 1024 * kib;
  constexpr std::size_t million = 1'000'000;
  yaml_mapping map{value};
  read_count(map.take("connections"), into.connections, 1, million);
  read_count(map.take("connections_per_address"), into.connections_per_address, 1, million);
  read_count(map.take("parked"), into.parked, 0, million);
  read_duration(map.take("unauthenticated"), into.unauthenticated, 1s, 1h);
  read_duration(map.take("command"), into.command, 1s, 1h);
  read_duration(map.take("idle"), into.idle, 1s, 24h);
  read_octets(map.take("line"), into.line, 512, mib);
  read_octets(map.take("literal_before_login"), into.literal_before_login, 256, mib);
  read_octets(map.take("header"), into.header, kib, 16 * mib);
  read_count(map.take("recipients"), into.recipients, 1, 100'000);
}

} // namespace stellwerk

#include "config/read_value.hpp"
#include "config/sections.hpp"

#include <ctime>

namespace stellwerk {
namespace {

using std::chrono::system_clock;

constexpr choices<policy_name, 3> names{{{"login_case", policy_name::login_case},
                                         {"sender_binding", policy_name::sender_binding},
                                         {"delivery_tls", policy_name::delivery_tls}}};
constexpr int working_hours_begin = 10; // Somebody is there to take the call.

/// That hour of a day in the machine's time zone.
system_clock::time_point local_time(std::chrono::sys_days day, int hour) {
  const std::chrono::year_month_day date{day};
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_hour = hour;
  parts.tm_isdst = -1;
  return system_clock::from_time_t(std::mktime(&parts));
}

system_clock::time_point end_after(std::chrono::sys_days last, bool in_working_hours) {
  auto day = last + std::chrono::days{1};
  if (!in_working_hours)
    return local_time(day, 0);
  while (std::chrono::weekday{day}.iso_encoding() > 5)
    day += std::chrono::days{1};
  return local_time(day, working_hours_begin);
}

void read_whom(yaml_mapping& map, exception_settings& into) {
  read(map.take("login"), into.login);
  if (const auto address = map.take("address")) {
    read(address, into.address_text);
    into.address = parse_sender_pattern(into.address_text);
    if (!into.address_text.empty() && !into.address)
      address->problem(in_quotes(into.address_text) + " is not an address, @domain or *");
  }
  if (const auto network = map.take("network")) {
    read(network, into.network_text);
    into.network = parse_ip_network(into.network_text);
    if (!into.network_text.empty() && !into.network)
      network->problem(in_quotes(into.network_text)
                       + " is no network, write it as 192.0.2.0/24 or 2001:db8::/32");
  }
}

void check_whom(const yaml_value& item, const exception_settings& one) {
  if (one.login.empty() && one.address_text.empty() && one.network_text.empty())
    item.problem("exempts everybody: name a login, an address or a network");
  else if (one.policy == policy_name::delivery_tls
           && (!one.login.empty() || !one.address_text.empty()))
    item.problem("delivery_tls knows nothing but the network of who delivers");
}

} // namespace

void read_exceptions(const yaml_value& value, std::vector<exception_settings>& into) {
  for (const auto& item : value.items()) {
    exception_settings one;
    one.where = item.where();
    yaml_mapping map{item};
    read(map.require("policy"), one.policy, names);
    read_whom(map, one);
    std::optional<std::chrono::sys_days> until;
    read_date(map.require("until"), until);
    read(map.require("reason"), one.reason);
    read(map.require("owner"), one.owner);
    bool in_working_hours = true;
    read(map.take("in_working_hours"), in_working_hours);
    check_whom(item, one);
    one.until = until.value_or(std::chrono::sys_days{});
    one.ends = end_after(one.until, in_working_hours);
    if (until && system_clock::now() >= one.ends)
      item.warning("has ended, take it out");
    into.push_back(std::move(one));
  }
}

} // namespace stellwerk

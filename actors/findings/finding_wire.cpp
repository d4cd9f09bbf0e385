#include "actors/findings/finding_wire.hpp"

#include "actors/log/line.hpp"

#include <string>

namespace stellwerk::findings {
namespace {

constexpr std::size_t members = 13;

finding_record::time_point time_of(const json& number) {
  return finding_record::time_point{std::chrono::milliseconds{number.get<std::int64_t>()}};
}

} // namespace

json to_wire(const finding_record& one) {
  const auto& what = one.what;
  return json::array({text_of(what.kind), what.domain, what.login, what.address, one.count,
                      one.accepted, one.first_seen.time_since_epoch().count(),
                      one.last_seen.time_since_epoch().count(), what.client, what.software,
                      what.tls, what.listener, what.name});
}

std::optional<finding_record> from_wire(const json& row) {
  if (!row.is_array() || row.size() != members)
    return std::nullopt;
  try {
    const auto kind = parse_finding_kind(row[0].get<std::string>());
    if (!kind)
      return std::nullopt;
    finding_record one;
    one.what = {.kind = *kind,
                .domain = row[1],
                .login = row[2],
                .address = row[3],
                .client = row[8],
                .software = row[9],
                .tls = row[10],
                .listener = row[11],
                .name = row[12]};
    one.count = row[4];
    one.accepted = row[5];
    one.first_seen = time_of(row[6]);
    one.last_seen = time_of(row[7]);
    one.what.accepted = one.accepted > 0;
    return one;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

json to_json(const finding_record& one) {
  const auto& what = one.what;
  return {{"kind", text_of(what.kind)},
          {"domain", what.domain},
          {"login", what.login},
          {"address", what.address},
          {"count", one.count},
          {"accepted", one.accepted},
          {"first_seen", log::timestamp(one.first_seen)},
          {"last_seen", log::timestamp(one.last_seen)},
          {"client", what.client},
          {"software", what.software},
          {"tls", what.tls},
          {"listener", what.listener},
          {"name", what.name}};
}

} // namespace stellwerk::findings

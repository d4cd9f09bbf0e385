#include "config/network_name.hpp"
#include "config/read_value.hpp"
#include "config/sections.hpp"
#include "config/units.hpp"

namespace stellwerk {
namespace {

constexpr choices<log_level, 5> levels{{{"trace", log_level::trace},
                                        {"debug", log_level::debug},
                                        {"info", log_level::info},
                                        {"warn", log_level::warn},
                                        {"error", log_level::error}}};
constexpr choices<log_format, 2> formats{
    {{"text", log_format::text}, {"json", log_format::json}}};
constexpr std::uint16_t dns_port = 53;
constexpr std::size_t most_days = 3650;

} // namespace

void read_log(const yaml_value& value, log_settings& into) {
  yaml_mapping map{value};
  read(map.take("level"), into.level, levels);
  read(map.take("format"), into.format, formats);
}

void read_admin(const yaml_value& value, admin_settings& into) {
  yaml_mapping map{value};
  const auto listen = map.take("listen");
  read(listen, into.listen);
  into.is_written = listen.has_value();
}

void read_hooks(const yaml_value& value, hook_settings& into) {
  into.where = value.where();
  yaml_mapping map{value};
  read(map.take("quiesce"), into.quiesce);
  read(map.take("final_sync"), into.final_sync);
  read(map.take("verify"), into.verify);
  read(map.take("before_flip"), into.before_flip);
  read(map.take("undo"), into.undo);
}

void read_dns(const yaml_value& value, dns_settings& into) {
  yaml_mapping map{value};
  const auto servers = map.take("servers");
  if (!servers)
    return;
  for (const auto& item : servers->items()) {
    const auto text = item.text();
    if (!text)
      continue;
    const auto address = parse_endpoint(*text);
    if (is_ip_address(*text))
      into.servers.push_back({*text, dns_port});
    else if (address && is_ip_address(address->host) && address->port != 0)
      into.servers.push_back(*address);
    else
      item.problem(in_quotes(*text) + " is no IP address with or without a port");
  }
}

void read_findings(const yaml_value& value, findings_settings& into) {
  yaml_mapping map{value};
  read_count(map.take("max_rows"), into.max_rows, 1, 100'000'000);
  const auto retention = map.take("retention");
  const auto text = retention ? retention->text() : std::nullopt;
  if (!text)
    return;
  const auto days
      = text->ends_with('d') ? parse_number(text->substr(0, text->size() - 1)) : std::nullopt;
  if (!days || *days < 1 || *days > most_days)
    retention->problem(in_quotes(*text) + " is no number of days from 1d to 3650d");
  else
    into.retention = std::chrono::days{static_cast<int>(*days)};
}

} // namespace stellwerk

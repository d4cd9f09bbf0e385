#include "actors/status_reply.hpp"

#include "actors/control_reply.hpp"
#include "actors/log/line.hpp"
#include "actors/mechanism_gap.hpp"
#include "actors/place_caps.hpp"
#include "actors/tls/certificate_status.hpp"
#include "config/backend_weakness.hpp"
#include "protocol/base/domain_name.hpp"

namespace stellwerk {
namespace {

using cli::exit_code;
using control::finished;
using control::json;
using control::refusal;
using std::chrono::system_clock;

using moves_by_domain = std::map<std::string, move_ledger::entry>;

json move_of(const moves_by_domain& moves, const std::string& domain) {
  const auto found = moves.find(domain);
  if (found == moves.end())
    return nullptr;
  const auto& [id, way, step, by, since, runner, problem] = found->second;
  return {{"id", id},
          {"command", text_of(way)},
          {"step", step},
          {"by", by},
          {"since", log::timestamp(since)}};
}

using flips_by_domain = std::map<std::string, flip_watch::report>;

json flip_of(const flips_by_domain& flips, const std::string& domain) {
  const auto found = flips.find(domain);
  if (found == flips.end())
    return nullptr;
  const auto& flip = found->second;
  json told{{"to", text_of(flip.to)},
            {"since", log::timestamp(flip.since)},
            {"watched_until", log::timestamp(flip.until)},
            {"way_back", flip.way_back},
            {"doubted_recipients", flip.doubted}};
  for (const auto& [kind, name] : {std::pair{traffic_kind::logins, "logins"},
                                   std::pair{traffic_kind::recipients, "recipients"},
                                   std::pair{traffic_kind::backend, "backend"}}) {
    const auto& before = flip.before[static_cast<std::size_t>(kind)];
    const auto& after = flip.after[static_cast<std::size_t>(kind)];
    told[name] = {{"before", {{"all", before.all()}, {"bad", before.bad}}},
                  {"after", {{"all", after.all()}, {"bad", after.bad}}},
                  {"worse", flip.worse.contains(kind)}};
  }
  return told;
}

void add_warnings(json& warnings, const flips_by_domain& flips) {
  for (const auto& [domain, flip] : flips) {
    const auto since = "RED: since " + domain + " is " + std::string{text_of(flip.to)} + ", ";
    for (const auto kind : flip.worse) {
      const auto at = static_cast<std::size_t>(kind);
      warnings.push_back(since + comparison_text(kind, flip.before[at], flip.after[at])
                         + ". The way back: " + flip.way_back);
    }
    if (!flip.doubted.empty())
      warnings.push_back(
          since + "it refuses " + std::to_string(flip.doubted.size())
          + (flip.doubted.size() == 1 ? " address" : " addresses")
          + " that the other side had taken, " + *flip.doubted.begin()
          + " for one; their senders are told 450 until a day has passed. Create "
            "them, or go back: "
          + flip.way_back);
  }
}

json domains_of(const overview& seen, std::string_view only, const moves_by_domain& moves,
                const flips_by_domain& flips,
                const std::optional<provisioned_report>& provisioned) {
  json domains = json::array();
  for (const auto& one : seen.domains) {
    if (!only.empty() && one.domain != only)
      continue;
    auto& told = domains.emplace_back(
        json{{"domain", one.domain},
             {"phase", text_of(one.now)},
             {"since", log::timestamp(one.since)},
             {"sessions", {{"old", one.sessions_on_old}, {"new", one.sessions_on_new}}},
             {"parked", one.parked},
             {"deliveries", one.deliveries},
             {"early_deliveries", one.early_deliveries},
             {"move", move_of(moves, one.domain)},
             {"flip", flip_of(flips, one.domain)}});
    if (!provisioned)
      continue;
    const auto known = provisioned->of(one.domain);
    told["provisioned"] = {{"known", known.known}, {"accounts", known.accounts}};
  }
  return domains;
}

json weaknesses_of_service(const backend_service& service) {
  json keys = json::array();
  for (const auto& one : weaknesses_of(service))
    keys.push_back(one.key);
  return keys;
}

json backends_of(const overview& seen) {
  json backends = json::array();
  for (const auto where :
       {backend_id{side::on_old}, backend_id{side::on_new}, backend_id::queue()})
    for (const auto protocol : all_protocols) {
      if (!is_probed(*seen.now.now, where, protocol))
        continue;
      const auto& service = seen.now.now->service(where, protocol);
      const auto& facts = seen.now.facts->at(where, protocol);
      const auto problem = facts.healthy ? facts.problem : "not probed yet";
      backends.push_back({{"name", text_of(where)},
                          {"protocol", text_of(protocol)},
                          {"healthy", facts.healthy.value_or(false)},
                          {"problem", problem.empty() ? json{} : json(problem)},
                          {"weak", weaknesses_of_service(*service)}});
    }
  return backends;
}

json uses_of(const std::vector<tls::name_status>& uses) {
  json list = json::array();
  for (const auto& one : uses)
    list.push_back(
        {{"name", one.name},
         {"asked", one.asked},
         {"uses_day", one.uses_day},
         {"uses_week", one.uses_week},
         {"refused", one.refused},
         {"last_login", one.last_login.empty() ? json{} : json(one.last_login)},
         {"last_login_at", one.last_login_at.empty() ? json{} : json(one.last_login_at)}});
  return list;
}

json certificates_of(const overview& seen, const tls::certificate_ledger::records& used,
                     system_clock::time_point now) {
  json certificates = json::array();
  for (const auto& one : tls::status_of(*seen.now.now->tls.certificates, used, now)) {
    std::uint64_t day = 0;
    std::uint64_t week = 0;
    const tls::name_status* last = nullptr;
    for (const auto& name : one.uses) {
      day += name.uses_day;
      week += name.uses_week;
      if (last == nullptr || name.last_login_at > last->last_login_at)
        last = &name;
    }
    const bool used_by_login = last != nullptr && !last->last_login.empty();
    certificates.push_back(
        {{"names", one.names},
         {"not_after", one.not_after},
         {"days_left", one.days_left},
         {"legacy", one.legacy},
         {"retired", one.retired},
         {"key", one.key},
         {"ocsp_until", one.stapled_until.empty() ? json{} : json(one.stapled_until)},
         {"uses_day", day},
         {"uses_week", week},
         {"last_login", used_by_login ? json(last->last_login) : json{}},
         {"last_login_at", used_by_login ? json(last->last_login_at) : json{}},
         {"uses", uses_of(one.uses)}});
  }
  return certificates;
}

/// Connections on which nobody has logged in.
json unauthenticated_of(const overview& seen, const place_ledger& strangers) {
  const auto& limits = seen.now.now->settings().limits;
  const auto caps = stranger_caps(limits.connections, limits.connections_per_address);
  return {{"open", strangers.total()},
          {"limit", caps.total},
          {"limit_per_address", caps.per_address},
          {"limit_per_network", caps.per_holder},
          {"refused", strangers.refused()}};
}

/// Who still comes to listeners with `tls: refuse`; each of them is there, also without any.
json refused_of(const overview& seen, const occurrence_ledger::entries& refusals) {
  json refused = json::array();
  for (const auto& one : seen.now.now->settings().listeners) {
    if (one.tls != listener_tls::refuse)
      continue;
    const auto address = text_of(one.address);
    const auto found = refusals.find(address);
    const bool any = found != refusals.end();
    refused.push_back({{"protocol", text_of(one.protocol)},
                       {"address", address},
                       {"connections", any ? found->second.count : 0},
                       {"last", any ? json(log::timestamp(found->second.last)) : json{}}});
  }
  return refused;
}

json exceptions_of(const overview& seen, const occurrence_ledger::entries& uses,
                   system_clock::time_point now) {
  json exceptions = json::array();
  const auto or_null
      = [](const std::string& text) { return text.empty() ? json{} : json(text); };
  for (const auto& one : seen.now.now->settings().exceptions) {
    const auto found = uses.find(name_of(one));
    const bool any = found != uses.end();
    exceptions.push_back(
        {{"policy", text_of(one.policy)},
         {"login", or_null(one.login)},
         {"address", or_null(one.address_text)},
         {"network", or_null(one.network_text)},
         {"ends", log::timestamp(one.ends)},
         {"ended", now >= one.ends},
         {"reason", one.reason},
         {"owner", one.owner},
         {"uses", any ? found->second.count : 0},
         {"last_used", any ? json(log::timestamp(found->second.last)) : json{}}});
  }
  return exceptions;
}

json gates_of(const overview& seen) {
  json gates = json::array();
  for (const auto where : {side::on_old, side::on_new}) {
    const auto& relay = seen.now.facts->relay(where);
    gates.push_back({{"name", "no_relay"},
                     {"backend", text_of(where)},
                     {"ok", relay.refuses_strangers},
                     {"value", std::string{text_of(where)} + ": " + relay.heard},
                     {"limit", "5xx or 454 4.7.1 to a foreign recipient"}});
  }
  return gates;
}

json warnings_of(const overview& seen, const moves_by_domain& moves,
                 system_clock::time_point now) {
  json warnings = seen.warnings;
  for (const auto& [domain, move] : moves)
    if (!move.problem.empty())
      warnings.push_back("RED: the move of " + domain
                         + " has ended, but that cannot be written: " + move.problem);
  std::set<mail_protocol> listened;
  for (const auto& listener : seen.now.now->settings().listeners)
    listened.insert(listener.protocol);
  for (auto& one : mechanism_warnings(*seen.now.facts, listened))
    warnings.push_back(std::move(one));
  for (auto& one : tls::warnings_of(*seen.now.now->tls.certificates, now))
    warnings.push_back(std::move(one));
  return warnings;
}
} // namespace

std::string status_reply(const overview& seen, std::string_view domain,
                         const tls::certificate_ledger::records& used,
                         const occurrence_ledger::entries& refusals,
                         const moves_by_domain& moves, const flips_by_domain& flips,
                         const occurrence_ledger::entries& exceptions,
                         const place_ledger& strangers,
                         const std::optional<provisioned_report>& provisioned) {
  const auto now = system_clock::now();
  auto domains = domains_of(seen, domain_key(domain).value_or(std::string{domain}), moves,
                            flips, provisioned);
  if (!domain.empty() && domains.empty())
    return refusal(
        {{"reason", std::string{domain} + " is not listed in routes.yaml"},
         {"advice", "unlisted domains follow `default`; stellwerk status shows all"}},
        exit_code::refused);
  auto warnings = warnings_of(seen, moves, now);
  add_warnings(warnings, flips);
  if (provisioned)
    for (const auto& one : provisioned->warnings)
      warnings.push_back(one);
  return finished({{"epoch", seen.now.now->epoch()},
                   {"domains", std::move(domains)},
                   {"backends", backends_of(seen)},
                   {"certificates", certificates_of(seen, used, now)},
                   {"gates", gates_of(seen)},
                   {"refused", refused_of(seen, refusals)},
                   {"exceptions", exceptions_of(seen, exceptions, now)},
                   {"unauthenticated", unauthenticated_of(seen, strangers)},
                   {"draining", seen.draining},
                   {"warnings", std::move(warnings)}},
                  exit_code::done);
}

} // namespace stellwerk

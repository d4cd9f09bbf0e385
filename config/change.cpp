#include "config/change.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

std::optional<phase> default_phase(const route_table& routes) {
  const auto to = side_of(routes.fallback());
  if (!to)
    return std::nullopt;
  return *to == side::on_old ? phase::on_old : phase::on_new;
}

std::optional<phase> phase_in(const route_table& routes, std::string_view domain) {
  const auto* route = routes.find(domain);
  return route != nullptr ? std::optional{route->now} : default_phase(routes);
}

std::string allowed_from(phase from) {
  std::string list;
  for (const auto next : next_phases(from))
    list += (list.empty() ? "" : " or ") + std::string{text_of(next)};
  return list;
}

void judge_edge(const phase_change& change, const snapshot& loaded, diagnostics& found) {
  if (!change.from || !change.to || may_follow(*change.from, *change.to))
    return;
  const auto* route = loaded.routes.find(change.domain);
  const auto name = route != nullptr ? route->written : change.domain;
  found.push_back({loaded.settings.routes.string(),
                   route != nullptr ? route->value : position{}, "domains." + name,
                   "cannot become " + std::string{text_of(*change.to)} + ": it is "
                       + std::string{text_of(*change.from)} + ", which only "
                       + allowed_from(*change.from) + " may follow",
                   severity::problem});
}

void compare_routes(const snapshot& in_force, const snapshot& loaded, snapshot_change& change) {
  const auto consider = [&](const std::string& domain) {
    const phase_change one{domain, phase_in(in_force.routes, domain),
                           phase_in(loaded.routes, domain)};
    if (one.from == one.to)
      return;
    judge_edge(one, loaded, change.found);
    change.phases.push_back(one);
  };
  for (const auto& route : loaded.routes.all())
    consider(route.domain);
  for (const auto& route : in_force.routes.all())
    if (loaded.routes.find(route.domain) == nullptr)
      consider(route.domain);
  consider("");
}

void compare_accounts(const account_table& in_force, const account_table& loaded,
                      snapshot_change& change) {
  change.accounts_before = in_force.size();
  for (const auto& one : in_force.all())
    if (loaded.find(one.login) == nullptr)
      change.accounts_removed.push_back(one.login);
  change.accounts_added = loaded.size() + change.accounts_removed.size() - in_force.size();
}

bool same_listener(const listener_settings& a, const listener_settings& b) {
  return a.protocol == b.protocol && a.address == b.address && a.tls == b.tls
         && a.certificate == b.certificate && a.notice == b.notice && a.auth == b.auth
         && a.proxy_protocol_from == b.proxy_protocol_from;
}

void compare_settings(const configuration& in_force, const configuration& loaded,
                      snapshot_change& change) {
  const auto needs_restart = [&](bool differs, std::string key, position where = {}) {
    if (differs)
      change.found.push_back({loaded.file.string(), where, std::move(key),
                              "has changed, which takes effect at the next start only",
                              severity::warning});
  };
  needs_restart(in_force.hostname != loaded.hostname, "hostname");
  needs_restart(in_force.state_dir != loaded.state_dir, "state_dir");
  needs_restart(in_force.control != loaded.control, "control");
  needs_restart(in_force.workers != loaded.workers, "workers");
  needs_restart(in_force.admin.listen != loaded.admin.listen, "admin");
  needs_restart(!std::equal(in_force.listeners.begin(), in_force.listeners.end(),
                            loaded.listeners.begin(), loaded.listeners.end(), same_listener),
                "listeners", loaded.listeners.empty() ? position{} : loaded.listeners[0].where);
  needs_restart(in_force.findings.max_rows != loaded.findings.max_rows
                    || in_force.findings.retention != loaded.findings.retention,
                "findings");
  needs_restart(in_force.provisioning.file != loaded.provisioning.file, "provisioning.file",
                loaded.provisioning.where);
  needs_restart(in_force.user != loaded.user, "user", loaded.user_where);
}

} // namespace

snapshot_change compare(const snapshot& in_force, const snapshot& loaded) {
  snapshot_change change;
  compare_settings(in_force.settings, loaded.settings, change);
  compare_routes(in_force, loaded, change);
  compare_accounts(*in_force.accounts, *loaded.accounts, change);
  sort_by_place(change.found);
  return change;
}

} // namespace stellwerk

#include "config/load_configuration.hpp"

#include "config/network_name.hpp"
#include "config/read_value.hpp"
#include "config/sections.hpp"
#include "protocol/base/domain_name.hpp"

#include <fstream>
#include <utility>

namespace stellwerk {
namespace {

std::string machine_name() {
  std::ifstream kernel{"/proc/sys/kernel/hostname"};
  std::string name;
  return std::getline(kernel, name) && domain_key(name) ? name : "localhost";
}

void read_hostname(const maybe_value& value, std::string& into) {
  read(value, into);
  if (value && value->node().IsScalar() && !domain_key(into))
    value->problem(in_quotes(into) + " is no host name");
}

void read_workers(const maybe_value& value, unsigned& into) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text || *text == "auto")
    return;
  std::size_t count = 0;
  read_count(value, count, 1, 256);
  into = static_cast<unsigned>(count);
}

void read_public_addresses(const yaml_value& value, std::vector<std::string>& into) {
  for (const auto& item : value.items())
    if (const auto text = item.text()) {
      if (is_ip_address(*text))
        into.push_back(*text);
      else
        item.problem(in_quotes(*text) + " is no IP address");
    }
}

bool is_enforced(const dated_mode& rule) {
  return rule.mode == policy_mode::enforce || rule.enforce_from;
}

/// There are no accounts to compare logins with: what is written must not ask for it.
void leave_case_to_backends(const yaml_value& root, const maybe_value& policy,
                            policy_settings& into) {
  const auto report = [&](const maybe_value& part) {
    if (!part || !part->node().IsMap() || !part->node()["login_case"])
      return false;
    yaml_value{part->node()["login_case"], part->path() + ".login_case", part->file()}.problem(
        "enforce needs accounts to compare with, and there are none");
    return true;
  };
  if (is_enforced(into.general.login_case) && !report(policy))
    root.file().found.push_back({root.file().name,
                                 {},
                                 "policy.login_case",
                                 "is off, because there are no accounts to compare with",
                                 severity::warning});
  into.general.login_case = {policy_mode::off, std::nullopt};
  for (auto& [domain, own] : into.domains) {
    if (own.login_case != into.general.login_case && is_enforced(own.login_case))
      for (const auto& part : policy->node()["domains"])
        if (domain_key(part.first.Scalar()) == domain)
          report(yaml_value{part.second, "policy.domains." + part.first.Scalar(), root.file()});
    own.login_case = into.general.login_case;
  }
}

// What one section alone cannot know.
void check_across(const yaml_value& root, yaml_mapping& map, configuration& result) {
  if (!map.take("accounts"))
    leave_case_to_backends(root, map.take("policy"), result.policy);
  if (result.policy.delivery_while_moving == while_moving::queue && !result.backends.queue_smtp)
    map.take("policy")->problem("`delivery_while_moving: queue` needs a backend `queue`");
  const auto need_backend = [&](const listener_settings& listener, mail_protocol protocol) {
    if (!result.backends.on_old.service(protocol) && !result.backends.on_new.service(protocol))
      root.file().found.push_back(
          {root.file().name, listener.where, "listeners",
           "neither old nor new has a backend for " + std::string{text_of(protocol)},
           severity::problem});
  };
  for (const auto& listener : result.listeners) {
    if (listener.tls == listener_tls::refuse)
      continue;
    need_backend(listener, listener.protocol);
    if (listener.auth && listener.protocol == mail_protocol::smtp)
      need_backend(listener, mail_protocol::submission);
  }
}

void read_root(const yaml_value& root, configuration& result) {
  yaml_mapping map{root};
  const auto section = [&](std::string_view key, auto read_section, auto& into) {
    if (const auto value = map.take(key))
      read_section(*value, into);
  };
  const auto needed = [&](std::string_view key, auto read_section, auto& into) {
    if (const auto value = map.require(key))
      read_section(*value, into);
  };
  read_hostname(map.take("hostname"), result.hostname);
  read(map.take("state_dir"), result.state_dir);
  result.control = result.state_dir / "control.sock";
  read(map.take("control"), result.control);
  read_workers(map.take("workers"), result.workers);
  section("log", read_log, result.log);
  section("admin", read_admin, result.admin);
  section("public_addresses", read_public_addresses, result.public_addresses);
  needed("certificates", read_certificates, result.certificates);
  needed("listeners", read_listeners, result.listeners);
  needed("backends", read_backends, result.backends);
  read(map.take("routes"), result.routes);
  section("accounts", read_accounts, result.accounts);
  section("policy", read_policy, result.policy);
  section("exceptions", read_exceptions, result.exceptions);
  section("budgets", read_budgets, result.budgets);
  section("hooks", read_hooks, result.hooks);
  section("provisioning", read_provisioning, result.provisioning);
  section("dns", read_dns, result.dns);
  section("limits", read_limits, result.limits);
  section("findings", read_findings, result.findings);
  const auto user = map.take("user");
  read(user, result.user);
  result.user_where = user ? user->where() : position{};
  check_across(root, map, result);
}

} // namespace

std::optional<std::string> read_file(const std::filesystem::path& file, diagnostics& out,
                                     std::uintmax_t max_octets) {
  auto read = read_regular_file(file, max_octets);
  if (read.problem.empty())
    return std::move(read.octets);
  out.push_back({file.string(), {}, "", std::move(read.problem), severity::problem});
  return std::nullopt;
}

std::optional<configuration> parse_configuration(const std::string& text,
                                                 const std::filesystem::path& file,
                                                 diagnostics& out) {
  yaml_file source{file.string(), file.parent_path(), out};
  const auto root = parse_yaml(text, source);
  if (!root)
    return std::nullopt;
  configuration result;
  result.file = file;
  result.hostname = machine_name();
  result.state_dir = source.folder / "state";
  result.routes = source.folder / "routes.yaml";
  read_root(*root, result);
  return result;
}

} // namespace stellwerk

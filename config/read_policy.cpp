#include "config/read_value.hpp"
#include "config/sections.hpp"
#include "protocol/base/domain_name.hpp"

namespace stellwerk {
namespace {

constexpr choices<policy_mode, 4> modes{{{"off", policy_mode::off},
                                         {"observe", policy_mode::observe},
                                         {"warn", policy_mode::warn},
                                         {"enforce", policy_mode::enforce}}};
constexpr choices<policy_mode, 3> modes_without_off{{{"observe", policy_mode::observe},
                                                     {"warn", policy_mode::warn},
                                                     {"enforce", policy_mode::enforce}}};
constexpr choices<while_moving, 3> moving_words{{{"defer", while_moving::defer},
                                                 {"queue", while_moving::queue},
                                                 {"target", while_moving::target}}};

/// From that day on; before it `enforce` is not enforced yet.
void start_at(std::optional<std::chrono::sys_days> day, dated_mode& into) {
  if (!day)
    return;
  into.enforce_from = day;
  if (into.mode == policy_mode::enforce)
    into.mode = policy_mode::observe;
}

/// A word, or `{ mode: observe, enforce_from: 2026-12-01 }`.
void read_mode(const maybe_value& value, dated_mode& into) {
  if (!value)
    return;
  if (!value->node().IsMap()) {
    into.enforce_from.reset();
    read(value, into.mode, modes);
    return;
  }
  yaml_mapping map{*value};
  into = {policy_mode::enforce, std::nullopt};
  read(map.take("mode"), into.mode, modes);
  std::optional<std::chrono::sys_days> day;
  read_date(map.take("enforce_from"), day);
  start_at(day, into);
}

void read_account_policy(yaml_mapping& map, account_policy& into) {
  read_mode(map.take("login_case"), into.login_case);
  const auto binding = map.take("sender_binding");
  if (!binding)
    return;
  yaml_mapping halves{*binding};
  read_mode(halves.take("envelope"), into.envelope);
  read_mode(halves.take("header"), into.header);
  std::optional<std::chrono::sys_days> day;
  read_date(halves.take("enforce_from"), day);
  for (auto* half : {&into.envelope, &into.header})
    if (!half->enforce_from)
      start_at(day, *half);
}

void read_domains(const yaml_value& value, policy_settings& into) {
  yaml_mapping domains{value};
  for (const auto& [written, where, policy] : domains.take_all()) {
    const auto key = domain_key(written);
    if (!key) {
      policy.problem(in_quotes(written) + " is no domain");
      continue;
    }
    const auto [at, fresh] = into.domains.emplace(*key, into.general);
    if (!fresh)
      policy.problem(in_quotes(written) + " is there twice");
    yaml_mapping map{policy};
    read_account_policy(map, at->second);
  }
}

constexpr std::size_t longest_asked = 256;

void read_password_policy(const maybe_value& value, password_policy& into) {
  if (!value)
    return;
  yaml_mapping map{*value};
  read_count(map.take("min_length"), into.min_length, 0, longest_asked);
  read_count(map.take("min_classes"), into.min_classes, 0, 4);
  read(map.take("without_login"), into.without_login);
}

} // namespace

void read_policy(const yaml_value& value, policy_settings& into) {
  yaml_mapping map{value};
  read_account_policy(map, into.general);
  read(map.take("delivery_tls"), into.delivery_tls, modes_without_off);
  read(map.take("delivery_while_moving"), into.delivery_while_moving, moving_words);
  read_password_policy(map.take("password_policy"), into.password);
  if (const auto domains = map.take("domains"))
    read_domains(*domains, into);
}

} // namespace stellwerk

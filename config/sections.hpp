#pragma once

#include "config/schema.hpp"
#include "config/yaml_value.hpp"

// The sections of stellwerk.yaml, one function each: value in, struct out, problems to the
// value's file. What is not written keeps its default.
namespace stellwerk {

void read_certificates(const yaml_value& value, std::vector<certificate_settings>& into);
void read_listeners(const yaml_value& value, std::vector<listener_settings>& into);
void read_backends(const yaml_value& value, backends_settings& into);
void read_policy(const yaml_value& value, policy_settings& into);
void read_exceptions(const yaml_value& value, std::vector<exception_settings>& into);
void read_budgets(const yaml_value& value, budget_settings& into);
void read_limits(const yaml_value& value, limit_settings& into);
void read_log(const yaml_value& value, log_settings& into);
void read_admin(const yaml_value& value, admin_settings& into);
void read_hooks(const yaml_value& value, hook_settings& into);
void read_provisioning(const yaml_value& value, provisioning_settings& into);
void read_dns(const yaml_value& value, dns_settings& into);
void read_accounts(const yaml_value& value, account_sources& into);
void read_findings(const yaml_value& value, findings_settings& into);

} // namespace stellwerk

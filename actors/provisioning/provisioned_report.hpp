#pragma once

#include "protocol/accounts/account_table.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

class password_keeper;

/// Of one domain's accounts; those pinned to new are there already, and left out.
struct provisioned_count {
  static constexpr std::size_t most_examples = 3;

  std::size_t known = 0; ///< The passwd-file has a password for them.
  std::size_t accounts = 0;
  std::vector<std::string> missing; ///< A few logins that it has none for.

  /// Of no accounts there is no share.
  [[nodiscard]] bool reaches(std::size_t percent) const {
    return accounts > 0 && known * 100 >= percent * accounts;
  }
};

/// For `status`: by `domain_key`.
struct provisioned_report {
  std::map<std::string, provisioned_count> domains;
  std::vector<std::string> warnings;

  [[nodiscard]] provisioned_count of(const std::string& domain) const {
    const auto found = domains.find(domain);
    return found == domains.end() ? provisioned_count{} : found->second;
  }
};

/// Nothing without a keeper.
[[nodiscard]] std::optional<provisioned_report>
report_provisioned(const password_keeper* keeper, const account_table& accounts);

} // namespace stellwerk

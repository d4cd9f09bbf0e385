#include "actors/provisioning/provisioned_report.hpp"

#include "actors/provisioning/password_keeper.hpp"

namespace stellwerk {

std::optional<provisioned_report> report_provisioned(const password_keeper* keeper,
                                                     const account_table& accounts) {
  if (keeper == nullptr)
    return std::nullopt;
  provisioned_report report{{}, keeper->warnings()};
  for (const auto& one : accounts.all()) {
    if (one.pin == side::on_new)
      continue;
    auto& here = report.domains[one.domain];
    ++here.accounts;
    if (keeper->knows(one.login_at(side::on_new)))
      ++here.known;
    else if (here.missing.size() < provisioned_count::most_examples)
      here.missing.push_back(one.login);
  }
  return report;
}

} // namespace stellwerk

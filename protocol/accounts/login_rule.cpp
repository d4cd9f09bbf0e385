#include "protocol/accounts/login_rule.hpp"

#include "protocol/base/domain_name.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

// Where an ambiguous login goes: one domain if all it may be share one.
std::string common_domain(const std::vector<const account*>& candidates,
                          const std::string& otherwise) {
  const auto& first = candidates.front()->domain;
  const bool shared = std::all_of(candidates.begin(), candidates.end(),
                                  [&](const account* one) { return one->domain == first; });
  return shared ? first : otherwise;
}

} // namespace

std::string_view text_of(login_finding finding) {
  switch (finding) {
    case login_finding::none:
      return "none";
    case login_finding::wrong_case:
      return "wrong_case";
    case login_finding::unknown_login:
      return "unknown_login";
  }
  return "none";
}

login_judgement judge_login(const account_table& accounts,
                            const std::function<policy_mode(std::string_view)>& login_case,
                            std::string_view presented) {
  login_judgement judgement;
  judgement.presented = presented;
  if (const auto* exact = accounts.find(presented)) {
    judgement.who = exact;
    judgement.domain = exact->domain;
    return judgement;
  }
  judgement.domain = domain_key_of_address(presented).value_or("");
  const auto alike = accounts.find_ignoring_case(presented);
  if (!alike.empty())
    judgement.domain = common_domain(alike, judgement.domain);
  const auto mode = login_case(judgement.domain);
  const bool enforced = mode == policy_mode::enforce;
  const auto recorded = [&](login_finding finding) {
    judgement.finding = mode == policy_mode::off ? login_finding::none : finding;
  };
  judgement.as_typed = mode == policy_mode::off;
  if (!alike.empty()) {
    judgement.who = alike.size() == 1 && !enforced ? alike.front() : nullptr;
    judgement.allowed = !enforced;
    recorded(login_finding::wrong_case);
  } else if (accounts.has_accounts(judgement.domain)) {
    judgement.allowed = !enforced;
    recorded(login_finding::unknown_login);
  } else if (judgement.domain.empty() && !accounts.empty()) {
    recorded(login_finding::unknown_login);
  }
  return judgement;
}

} // namespace stellwerk

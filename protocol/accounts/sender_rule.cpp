#include "protocol/accounts/sender_rule.hpp"

#include <algorithm>

namespace stellwerk {

std::string_view text_of(sender_finding finding) {
  return finding == sender_finding::none ? "none" : "foreign_sender";
}

bool owns_address(const login_judgement& login, std::string_view address) {
  const auto any = sender_pattern::form::any;
  if (login.who != nullptr
      && std::any_of(login.who->senders.begin(), login.who->senders.end(),
                     [](const sender_pattern& pattern) { return pattern.kind == any; }))
    return true;
  const auto sender = split_address(address);
  if (!sender)
    return false;
  const auto own = split_address(login.who != nullptr ? login.who->login : login.presented);
  if (own && is_own_address(*own, *sender))
    return true;
  return login.who != nullptr
         && std::any_of(
             login.who->senders.begin(), login.who->senders.end(),
             [&](const sender_pattern& pattern) { return pattern.matches(*sender); });
}

sender_judgement judge_envelope_sender(const account_table& accounts, policy_mode binding,
                                       const login_judgement& login,
                                       std::string_view reverse_path) {
  if (binding == policy_mode::off || reverse_path.empty() || owns_address(login, reverse_path))
    return {};
  if (login.who == nullptr && !accounts.has_accounts(login.domain)) {
    // Nobody knows what this login owns; what is known to be another's is judged for bare
    // logins.
    const auto sender = split_address(reverse_path);
    const bool anothers
        = login.domain.empty() && sender && accounts.has_accounts(sender->domain);
    if (!anothers)
      return {};
  }
  return {binding != policy_mode::enforce, sender_finding::foreign_sender};
}

} // namespace stellwerk

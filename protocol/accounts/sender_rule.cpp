#include "protocol/accounts/sender_rule.hpp"

#include <algorithm>

namespace stellwerk {

std::string_view text_of(sender_finding finding) {
  return finding == sender_finding::none ? "none" : "foreign_sender";
}

namespace {

bool owns_everything(const login_judgement& login) {
  return login.who != nullptr
         && std::any_of(login.who->senders.begin(), login.who->senders.end(),
                        [](const sender_pattern& pattern) {
                          return pattern.kind == sender_pattern::form::any;
                        });
}

/// Is it known what this login owns, be it nothing?
bool is_known(const account_table& accounts, const login_judgement& login) {
  return login.who != nullptr || accounts.has_accounts(login.domain);
}

} // namespace

bool owns_address(const login_judgement& login, std::string_view address) {
  if (owns_everything(login))
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
  if (!is_known(accounts, login)) {
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

header_judgement judge_header_senders(const account_table& accounts, policy_mode binding,
                                      const login_judgement& login,
                                      const smtp::header_senders& senders) {
  if (binding == policy_mode::off)
    return {};
  const bool allowed = binding != policy_mode::enforce;
  for (const auto& [field, address] : senders.mentions)
    if (judge_envelope_sender(accounts, binding, login, address).finding
        != sender_finding::none)
      return {allowed, std::string{field}, address,
              std::string{field} + " names " + address + ", which your login does not own"};
  if (!is_known(accounts, login))
    return {};
  if (!senders.doubt.empty() && !owns_everything(login))
    return {allowed, "From", {}, "the sender cannot be read safely: " + senders.doubt};
  if (!senders.has_from)
    return {allowed, "From", {}, "the message has no From"};
  return {};
}

std::vector<std::string> foreign_addresses(const account_table& accounts,
                                           const login_judgement& login,
                                           const smtp::header_senders& senders) {
  std::vector<std::string> foreign;
  for (const auto& mention : senders.mentions) {
    const auto judged
        = judge_envelope_sender(accounts, policy_mode::observe, login, mention.address);
    const bool is_told
        = std::find(foreign.begin(), foreign.end(), mention.address) != foreign.end();
    if (judged.finding != sender_finding::none && !is_told)
      foreign.push_back(mention.address);
  }
  return foreign;
}

} // namespace stellwerk

#include "config/policy_in_force.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

bool is_within(const ip_network& network, std::string_view address) {
  const auto parsed = parse_ip_address(address);
  return parsed && network.contains(*parsed);
}

bool names(const sender_pattern& pattern, std::string_view sender) {
  const auto parts = split_address(sender);
  return parts && pattern.matches(*parts);
}

} // namespace

const account_policy& policy_in_force::rules_of(std::string_view domain) const {
  const auto& policy = current_.settings.policy;
  const auto found = policy.domains.find(domain);
  return found == policy.domains.end() ? policy.general : found->second;
}

const exception_settings* policy_in_force::exception_from(policy_name rule,
                                                          std::string_view login,
                                                          std::string_view sender) const {
  const auto fits = [&](const exception_settings& one) {
    return one.policy == rule && now_ < one.ends && (one.login.empty() || one.login == login)
           && (!one.address || names(*one.address, sender))
           && (!one.network || is_within(*one.network, client_address_));
  };
  const auto& all = current_.settings.exceptions;
  const auto found = std::find_if(all.begin(), all.end(), fits);
  return found == all.end() ? nullptr : &*found;
}

ruling<login_judgement> policy_in_force::judge_login(std::string_view presented) const {
  auto judged = stellwerk::judge_login(
      *current_.accounts,
      [this](std::string_view domain) { return rules_of(domain).login_case.at(now_); },
      presented);
  if (judged.allowed)
    return {std::move(judged)};
  const auto* exception = exception_from(policy_name::login_case, presented, presented);
  if (exception == nullptr)
    return {std::move(judged)};
  const auto observed = [](std::string_view) { return policy_mode::observe; };
  return {stellwerk::judge_login(*current_.accounts, observed, presented), exception};
}

ruling<sender_judgement> policy_in_force::judge_envelope(const login_judgement& login,
                                                         std::string_view reverse_path) const {
  const auto binding = rules_of(login.domain).envelope.at(now_);
  auto judged = judge_envelope_sender(*current_.accounts, binding, login, reverse_path);
  if (judged.allowed)
    return {judged};
  const auto* exception
      = exception_from(policy_name::sender_binding, login.presented, reverse_path);
  judged.allowed = exception != nullptr;
  return {judged, exception};
}

ruling<header_judgement> policy_in_force::judge_header(const login_judgement& login,
                                                       smtp::header_senders senders) const {
  const auto binding = rules_of(login.domain).header.at(now_);
  std::optional<ruling<header_judgement>> exempted; // The first fault: what is recorded.
  for (;;) {
    auto judged = judge_header_senders(*current_.accounts, binding, login, senders);
    if (judged.allowed)
      return exempted ? std::move(*exempted) : ruling<header_judgement>{std::move(judged)};
    const auto* exception
        = exception_from(policy_name::sender_binding, login.presented, judged.address);
    if (exception == nullptr)
      return {std::move(judged)};
    const auto address = judged.address;
    if (!exempted) {
      judged.allowed = true;
      exempted = {std::move(judged), exception};
    }
    if (address.empty())
      return std::move(*exempted);
    std::erase_if(senders.mentions, [&](const auto& one) { return one.address == address; });
  }
}

ruling<bool> policy_in_force::allows_plain_delivery() const {
  if (current_.settings.policy.delivery_tls != policy_mode::enforce)
    return {true};
  const auto* exception = exception_from(policy_name::delivery_tls, {}, {});
  return {exception != nullptr, exception};
}

} // namespace stellwerk

#pragma once

#include "config/snapshot.hpp"
#include "protocol/accounts/login_rule.hpp"
#include "protocol/accounts/sender_rule.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk {

/// A judgement, and the exception without which it would have been a refusal; null: none was
/// needed, or none helped. Lives as long as the snapshot.
template <class Judgement> struct ruling {
  Judgement judged;
  const exception_settings* exempted_by = nullptr;
};

/// The rules of `policy` as they hold for one client at one moment: those of the domain, on
/// that day, but for the exceptions. Pure; the snapshot outlives it.
///
/// What an exception lets through is treated as under `observe`.
class policy_in_force {
public:
  using time_point = std::chrono::system_clock::time_point;

  /// `client_address` is an IP address as text; empty or none: no network holds it.
  policy_in_force(const snapshot& current, std::string client_address, time_point now)
      : current_{current}, client_address_{std::move(client_address)}, now_{now} {}

  [[nodiscard]] ruling<login_judgement> judge_login(std::string_view presented) const;
  [[nodiscard]] ruling<sender_judgement> judge_envelope(const login_judgement& login,
                                                        std::string_view reverse_path) const;
  /// Each foreign address needs an exception of its own, or one that names no address.
  [[nodiscard]] ruling<header_judgement> judge_header(const login_judgement& login,
                                                      smtp::header_senders senders) const;
  /// May mail come in on port 25 without TLS?
  [[nodiscard]] ruling<bool> allows_plain_delivery() const;

private:
  [[nodiscard]] const account_policy& rules_of(std::string_view domain) const;
  /// `sender` empty: the fault is no address.
  [[nodiscard]] const exception_settings*
  exception_from(policy_name rule, std::string_view login, std::string_view sender) const;

  const snapshot& current_;
  std::string client_address_;
  time_point now_;
};

} // namespace stellwerk

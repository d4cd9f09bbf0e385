#pragma once

#include "protocol/accounts/login_rule.hpp"

#include <cstdint>
#include <string_view>

namespace stellwerk {

enum class sender_finding : std::uint8_t {
  none,
  foreign_sender, ///< An address that the login does not own.
};
[[nodiscard]] std::string_view text_of(sender_finding finding);

struct sender_judgement {
  /// False: 553 5.7.1 to MAIL.
  bool allowed = true;
  sender_finding finding = sender_finding::none;
};

/// Does the login own `address`? Its login if that is an address, and its senders; local parts
/// are compared ignoring ASCII case, `+detail` is allowed, domains are compared by
/// `domain_key`. Without an account only the login itself is owned. No address at all is owned
/// by nobody.
[[nodiscard]] bool owns_address(const login_judgement& login, std::string_view address);

/// Applies `sender_binding.envelope` to MAIL FROM. `reverse_path` is without angle brackets;
/// empty is the null reverse-path, which everyone may use.
///
/// A login without an account whose domain has no accounts cannot be judged: allowed. A bare
/// login without an account is judged for addresses of domains that have accounts, and owns
/// none.
[[nodiscard]] sender_judgement judge_envelope_sender(const account_table& accounts,
                                                     policy_mode binding,
                                                     const login_judgement& login,
                                                     std::string_view reverse_path);

} // namespace stellwerk

#pragma once

#include "protocol/accounts/login_rule.hpp"
#include "protocol/smtp/header_senders.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// What is wrong with a message's header, if anything.
struct header_judgement {
  /// False: 550 5.7.1 to the content.
  bool allowed = true;
  /// `From`, `Sender` or `Resent-From`; empty: nothing is to be recorded.
  std::string field{};
  std::string address{}; ///< A foreign one; empty if the fault is another.
  std::string why{};     ///< For the client and the log.
};

/// Applies `sender_binding.header`: every address of From, Sender and Resent-From must be the
/// login's own, there must be a From (RFC 5322 section 3.6), and no reader may see another. Who
/// may send as anybody (`*`) may write what is in doubt. Who cannot be judged, see
/// `judge_envelope_sender`, may write what they like.
[[nodiscard]] header_judgement judge_header_senders(const account_table& accounts,
                                                    policy_mode binding,
                                                    const login_judgement& login,
                                                    const smtp::header_senders& senders);

/// The addresses of From, Sender and Resent-From that the rule objects to, each once.
[[nodiscard]] std::vector<std::string> foreign_addresses(const account_table& accounts,
                                                         const login_judgement& login,
                                                         const smtp::header_senders& senders);

} // namespace stellwerk

#pragma once

#include "protocol/accounts/account_table.hpp"
#include "protocol/accounts/finding.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// A row of accounts.csv that would let somebody pass who has been found.
struct proposed_row {
  std::string login;
  std::string domain;
  std::string old_login;
  std::string new_login;
  std::string senders;
  std::string pin;
  /// For whoever decides: what was left out and why, what is wider than it looks.
  std::vector<std::string> remarks;
  /// False: there is nothing to paste, only remarks to read.
  bool is_news = false;
};

/// From so many local parts of one domain on a login is taken for a collective account.
inline constexpr std::size_t collective_local_parts = 4;

/// Rows that would make the rightful pass, in the order of their logins. A row whose login is
/// in the table replaces that one, the others are new.
///
/// Only findings of logins that a backend has accepted count. A sender address that is
/// another present account's is not rightful, one of a hosted domain that belongs to no account
/// may be a deleted account's: both are remarks. Never proposes `*`.
/// `is_hosted`: is mail for this domain (`domain_key`) ours?
[[nodiscard]] std::vector<proposed_row>
propose_accounts(const account_table& accounts,
                 const std::function<bool(std::string_view)>& is_hosted,
                 const std::vector<finding_record>& found);

} // namespace stellwerk

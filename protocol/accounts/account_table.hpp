#pragma once

#include "protocol/accounts/account.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// All accounts. Immutable; lookups take constant time. Accounts live as long as the table, a
/// move does not change their addresses.
class account_table {
public:
  account_table() = default;
  /// Logins are unique: of two accounts with one login the first counts (the loader reports the
  /// second).
  explicit account_table(std::vector<account> accounts);
  account_table(account_table&&) noexcept = default;
  account_table& operator=(account_table&&) noexcept = default;
  account_table(const account_table&) = delete;
  account_table& operator=(const account_table&) = delete;
  ~account_table() = default;

  /// Octet for octet; null if the table does not know it.
  [[nodiscard]] const account* find(std::string_view login) const;
  /// All accounts whose login is equal but for the case of ASCII letters.
  [[nodiscard]] std::vector<const account*> find_ignoring_case(std::string_view login) const;

  /// Accounts of a domain (`domain_key`). Where it is 0, nothing can be judged.
  [[nodiscard]] std::size_t count_in(std::string_view domain) const;
  [[nodiscard]] bool has_accounts(std::string_view domain) const {
    return count_in(domain) > 0;
  }

  /// The side that an account's pin pulls the delivery of `address` to. A pin pulls its login
  /// (if that is an address) and the literal addresses of its senders, each with any `+detail`
  /// that no other account owns.
  [[nodiscard]] std::optional<side> pin_of(const address_parts& address) const;

  [[nodiscard]] const std::vector<account>& all() const { return accounts_; }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }
  [[nodiscard]] bool empty() const { return accounts_.empty(); }

private:
  struct folded_hash {
    std::size_t operator()(std::string_view text) const;
  };
  struct folded_equal {
    bool operator()(std::string_view a, std::string_view b) const;
  };

  std::vector<account> accounts_;
  // The keys are views into accounts_, whose elements never move.
  std::unordered_map<std::string_view, std::uint32_t> exact_;
  std::unordered_multimap<std::string_view, std::uint32_t, folded_hash, folded_equal> folded_;
  std::unordered_map<std::string_view, std::size_t> domains_;
  std::unordered_map<std::string, std::optional<side>> pins_;
};

} // namespace stellwerk

#include "protocol/accounts/account_table.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

std::string pin_key(const address_parts& address) {
  return address.local + '@' + address.domain;
}

} // namespace

std::size_t account_table::folded_hash::operator()(std::string_view text) const {
  std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 1099511628211ULL;
  return hash;
}

bool account_table::folded_equal::operator()(std::string_view a, std::string_view b) const {
  return equals_ignoring_case(a, b);
}

account_table::account_table(std::vector<account> accounts) : accounts_{std::move(accounts)} {
  exact_.reserve(accounts_.size());
  folded_.reserve(accounts_.size());
  const auto note_address = [this](const account& who, const address_parts& address) {
    // An unpinned account's address matters only where a pinned one could claim it as its
    // detail.
    if (!who.pin && address.local.find('+') == std::string::npos)
      return;
    auto& pin = pins_[pin_key(address)];
    if (!pin)
      pin = who.pin;
  };
  for (std::uint32_t i = 0; i < accounts_.size(); ++i) {
    const auto& who = accounts_[i];
    if (!exact_.emplace(who.login, i).second)
      continue;
    folded_.emplace(who.login, i);
    ++domains_[who.domain];
    if (!who.pin && who.senders.empty() && who.login.find('+') == std::string::npos)
      continue;
    if (const auto own = split_address(who.login))
      note_address(who, *own);
    for (const auto& sender : who.senders)
      if (sender.kind == sender_pattern::form::address)
        note_address(who, sender.address);
  }
}

const account* account_table::find(std::string_view login) const {
  const auto found = exact_.find(login);
  return found == exact_.end() ? nullptr : &accounts_[found->second];
}

std::vector<const account*> account_table::find_ignoring_case(std::string_view login) const {
  std::vector<const account*> result;
  const auto [first, last] = folded_.equal_range(login);
  for (auto at = first; at != last; ++at)
    result.push_back(&accounts_[at->second]);
  return result;
}

std::size_t account_table::count_in(std::string_view domain) const {
  const auto found = domains_.find(domain);
  return found == domains_.end() ? 0 : found->second;
}

std::optional<side> account_table::pin_of(const address_parts& address) const {
  if (pins_.empty())
    return std::nullopt;
  // The longest owned address counts: a+b+c, then a+b, then a.
  auto candidate = address;
  for (;;) {
    if (const auto found = pins_.find(pin_key(candidate)); found != pins_.end())
      return found->second;
    const auto plus = candidate.local.rfind('+');
    if (plus == std::string::npos || plus == 0)
      return std::nullopt;
    candidate.local.resize(plus);
  }
}

} // namespace stellwerk

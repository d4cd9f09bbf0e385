#include "config/account_join.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace stellwerk {
namespace {

/// Where an account was first named.
struct place {
  const account_source_words* source;
  position where;
  bool names_domain;
};

/// Who has said what of an account that several sources name.
struct saying {
  place domain;
  place old_login;
  place new_login;
  place pin;
};

bool same_pattern(const sender_pattern& a, const sender_pattern& b) {
  return a.kind == b.kind && a.address == b.address;
}

class joined_accounts {
public:
  explicit joined_accounts(diagnostics& out) : out_{out} {}

  void take(account_rows& rows) {
    accounts_.reserve(accounts_.size() + rows.accounts.size());
    places_.reserve(accounts_.capacity());
    const auto sure_of = accounts_.size(); // A source names a login once.
    for (std::size_t i = 0; i < rows.accounts.size(); ++i) {
      const auto& origin = rows.origins[i];
      auto& one = rows.accounts[i];
      const auto known = sure_of > 0 ? index_.find(one.login) : index_.end();
      if (known != index_.end()) {
        unite(known->second, one, {&rows.source, origin.where, origin.names_domain});
        continue;
      }
      places_.push_back({&rows.source, origin.where, origin.names_domain});
      accounts_.push_back(std::move(one));
    }
  }

  /// Before another source is taken.
  void index_logins() {
    for (std::size_t i = index_.size(); i < accounts_.size(); ++i)
      index_.emplace(accounts_[i].login, i);
  }

  std::vector<account> finish() {
    check_pins();
    return std::move(accounts_);
  }

private:
  void report(const place& at, std::string_view column, std::string what,
              severity weight = severity::problem) {
    out_.push_back({at.source->name, at.where, std::string{column}, std::move(what), weight});
  }

  /// Another row, as a row of `here` names it.
  static std::string name(const place& other, const place& here) {
    auto text = std::string{other.source->unit} + ' ' + std::to_string(other.where.line);
    return other.source == here.source ? text : text + " of " + other.source->name;
  }

  void unite(std::size_t index, account& more, const place& here) {
    auto& one = accounts_[index];
    const auto& first = places_[index];
    auto& said = said_by_.try_emplace(index, saying{first, first, first, first}).first->second;
    const auto unite_values = [&](std::string_view column, auto& known, auto& now,
                                  bool is_known, bool is_said, place& by, auto text) {
      if (!is_said)
        return;
      if (!is_known) {
        known = std::move(now);
        by = here;
      } else if (known != now) {
        report(here, column,
               in_quotes(more.login) + " has " + in_quotes(text(now)) + " here and "
                   + in_quotes(text(known)) + " in " + name(by, here));
      }
    };
    const auto as_it_is = [](const std::string& text) { return std::string_view{text}; };
    unite_values("domain", one.domain, more.domain, said.domain.names_domain, here.names_domain,
                 said.domain, as_it_is);
    unite_values("old_login", one.old_login, more.old_login, !one.old_login.empty(),
                 !more.old_login.empty(), said.old_login, as_it_is);
    unite_values("new_login", one.new_login, more.new_login, !one.new_login.empty(),
                 !more.new_login.empty(), said.new_login, as_it_is);
    unite_values("pin", one.pin, more.pin, one.pin.has_value(), more.pin.has_value(), said.pin,
                 [](std::optional<side> pin) { return text_of(*pin); });
    for (auto& sender : more.senders)
      if (std::none_of(one.senders.begin(), one.senders.end(),
                       [&](const auto& owned) { return same_pattern(owned, sender); }))
        one.senders.push_back(std::move(sender));
  }

  // Mail for one address cannot be pulled to both sides, and should not be pulled away from the
  // account that reads it.
  void check_pins() {
    struct claim {
      side to;
      const place* by;
    };
    std::unordered_map<std::string, claim> claims;
    const auto written
        = [](const address_parts& address) { return address.local + '@' + address.domain; };
    const auto each_address = [](const account& one, auto action) {
      if (const auto own = split_address(one.login))
        action(*own);
      for (const auto& sender : one.senders)
        if (sender.kind == sender_pattern::form::address)
          action(sender.address);
    };
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      if (const auto pin = accounts_[i].pin)
        each_address(accounts_[i], [&](const address_parts& address) {
          const auto [at, fresh] = claims.emplace(written(address), claim{*pin, &places_[i]});
          if (!fresh && at->second.to != *pin)
            report(places_[i], "pin",
                   "delivery of " + written(address) + " is pinned to "
                       + std::string{text_of(at->second.to)} + " in "
                       + name(*at->second.by, places_[i]) + " and to "
                       + std::string{text_of(*pin)} + " here");
        });
    if (claims.empty())
      return;
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      const auto own = accounts_[i].pin ? std::nullopt : split_address(accounts_[i].login);
      const auto claimed = own ? claims.find(written(*own)) : claims.end();
      if (claimed != claims.end())
        report(places_[i], "login",
               "its mail goes to " + std::string{text_of(claimed->second.to)}
                   + ", because the pinned account in " + name(*claimed->second.by, places_[i])
                   + " names the address",
               severity::warning);
    }
  }

  diagnostics& out_;
  std::vector<account> accounts_;
  std::vector<place> places_;                       // of the accounts
  std::unordered_map<std::size_t, saying> said_by_; // by index of the account
  std::unordered_map<std::string, std::size_t> index_;
};

} // namespace

std::vector<account> join_accounts(std::vector<account_rows> sources, diagnostics& out) {
  joined_accounts joined{out};
  for (auto& rows : sources) {
    if (&rows != &sources.front())
      joined.index_logins();
    joined.take(rows);
  }
  return joined.finish();
}

} // namespace stellwerk

#include "protocol/accounts/account_proposal.hpp"

#include "protocol/accounts/login_rule.hpp"
#include "protocol/accounts/sender_rule.hpp"
#include "protocol/base/domain_name.hpp"
#include "protocol/base/utf8.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace stellwerk {
namespace {

std::string text_of(const sender_pattern& pattern) {
  switch (pattern.kind) {
    case sender_pattern::form::address:
      return pattern.address.local + '@' + pattern.address.domain;
    case sender_pattern::form::domain:
      return '@' + pattern.address.domain;
    case sender_pattern::form::any:
      break;
  }
  return "*";
}

/// What stands for octets that are no UTF-8.
constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Would accounts.csv be read as it was meant?
bool can_be_login(std::string_view text) {
  return !text.empty() && is_utf8(text) && text.find(replacement) == std::string_view::npos
         && text.front() != ' ' && text.back() != ' '
         && std::none_of(text.begin(), text.end(), [](char c) {
              return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
            });
}

bool can_be_sender(const address_parts& address) {
  const auto written = address.local + '@' + address.domain;
  const auto pattern = can_be_login(written) ? parse_sender_pattern(written) : std::nullopt;
  return pattern && pattern->kind == sender_pattern::form::address
         && pattern->address == address && written.find_first_of(" \"") == std::string::npos;
}

/// Whose addresses are whose, by login and by literal sender: `@domain` and `*` say what one
/// may do, not whose an address is.
class address_book {
public:
  explicit address_book(const account_table& accounts) {
    for (const auto& one : accounts.all()) {
      if (const auto own = split_address(one.login))
        owners_.emplace(key_of(*own), &one);
      for (const auto& sender : one.senders)
        if (sender.kind == sender_pattern::form::address)
          owners_.emplace(key_of(sender.address), &one);
    }
  }

  [[nodiscard]] const account* owner_of(address_parts address) const {
    for (;;) {
      if (const auto found = owners_.find(key_of(address)); found != owners_.end())
        return found->second;
      const auto plus = address.local.rfind('+');
      if (plus == std::string::npos || plus == 0)
        return nullptr;
      address.local.resize(plus);
    }
  }

private:
  static std::string key_of(const address_parts& address) {
    return address.local + '@' + address.domain;
  }

  std::map<std::string, const account*> owners_;
};

/// One person, as far as can be told: an account with the spellings in use, or a login that the
/// table does not know.
struct person {
  const account* who = nullptr;
  std::string domain;
  std::set<std::string> spellings;    ///< Accepted, and not in the table.
  std::set<std::string> used;         ///< Sender addresses, as written.
  std::vector<std::string> ambiguous; ///< Accounts that differ by case from it.
};

class proposal {
public:
  proposal(const account_table& accounts,
           const std::function<bool(std::string_view)>& is_hosted)
      : accounts_{accounts}, is_hosted_{is_hosted}, book_{accounts} {}

  void add(const finding_record& one) {
    const auto& login = one.what.login;
    if (one.accepted == 0 || login.empty())
      return;
    const bool sends = one.what.kind == finding_kind::foreign_sender
                       || one.what.kind == finding_kind::foreign_from;
    const bool enters = one.what.kind == finding_kind::wrong_case
                        || one.what.kind == finding_kind::unknown_login;
    if (!sends && !enters)
      return;
    const auto observed = [](std::string_view) { return policy_mode::observe; };
    const auto judged = judge_login(accounts_, observed, login);
    auto& whom = people_[judged.who != nullptr ? judged.who->login : login];
    whom.who = judged.who;
    whom.domain = judged.domain;
    if (enters && accounts_.find(login) == nullptr)
      whom.spellings.insert(login);
    if (judged.who == nullptr && judged.finding == login_finding::wrong_case) {
      whom.ambiguous.clear();
      for (const auto* alike : accounts_.find_ignoring_case(login))
        whom.ambiguous.push_back(alike->login);
    }
    if (sends && !one.what.address.empty())
      whom.used.insert(one.what.address);
  }

  std::vector<proposed_row> rows() && {
    for (const auto& [login, whom] : people_)
      propose(login, whom);
    return std::move(rows_);
  }

private:
  /// What is added to the senders of a person, and what is to be said of the rest.
  struct verdict {
    std::vector<std::string> added;
    std::vector<std::string> remarks;
  };

  void propose(const std::string& login, const person& whom) {
    auto senders = judge(login, whom);
    proposed_row row;
    row.login = login;
    if (whom.who != nullptr)
      row = row_of(*whom.who);
    else if (login.find('@') == std::string::npos || !whom.ambiguous.empty())
      row.domain = whom.domain;
    for (const auto& one : senders.added)
      row.senders += (row.senders.empty() ? "" : " ") + one;
    row.is_news = !senders.added.empty();
    if (whom.who == nullptr)
      judge_stranger(whom, row);
    auto spelled = row;
    row.remarks.insert(row.remarks.end(), senders.remarks.begin(), senders.remarks.end());
    if (row.is_news || !row.remarks.empty())
      rows_.push_back(std::move(row));
    if (whom.who != nullptr)
      for (const auto& spelling : whom.spellings)
        add_spelling(*whom.who, spelling, spelled);
  }

  static proposed_row row_of(const account& who) {
    proposed_row row;
    row.login = who.login;
    if (domain_key_of_address(who.login) != who.domain)
      row.domain = who.domain;
    row.old_login = who.old_login;
    row.new_login = who.new_login;
    for (const auto& sender : who.senders)
      row.senders += (row.senders.empty() ? "" : " ") + text_of(sender);
    if (who.pin)
      row.pin = stellwerk::text_of(*who.pin);
    return row;
  }

  static void judge_stranger(const person& whom, proposed_row& row) {
    row.is_news = row.is_news || !whom.spellings.empty();
    if (!whom.ambiguous.empty()) {
      std::string names;
      for (const auto& one : whom.ambiguous)
        names += (names.empty() ? "" : " and ") + one;
      row.remarks.push_back("differs only by case from " + names + "; whose it is, is open");
    }
    const bool lacks_domain
        = row.domain.empty() && !domain_key_of_address(row.login).has_value();
    if (lacks_domain)
      row.remarks.emplace_back("names no domain, without which there can be no row");
    if (!can_be_login(row.login))
      row.remarks.emplace_back("cannot be written in accounts.csv");
    row.is_news = row.is_news && !lacks_domain && can_be_login(row.login);
  }

  void add_spelling(const account& who, const std::string& spelling, proposed_row row) {
    row.login = spelling;
    row.domain = who.domain;
    row.old_login = who.login_at(side::on_old);
    row.new_login = who.login_at(side::on_new);
    row.remarks = {"another spelling of " + who.login};
    row.is_news = true;
    rows_.push_back(std::move(row));
  }

  [[nodiscard]] verdict judge(const std::string& login, const person& whom) const {
    login_judgement owner;
    owner.who = whom.who;
    owner.presented = login;
    verdict all;
    std::map<std::string, std::set<std::string>> by_domain; // Local parts that may be added.
    std::map<std::string, std::set<std::string>> dead;
    for (const auto& text : whom.used) {
      if (owns_address(owner, text))
        continue;
      const auto address = split_address(text);
      if (!address || !can_be_sender(*address)) {
        all.remarks.push_back("sent as " + text + ", which accounts.csv cannot name");
        continue;
      }
      const auto* other = book_.owner_of(*address);
      if (other != nullptr)
        all.remarks.push_back("sent as " + text + ", which belongs to " + other->login);
      else if (is_hosted_(address->domain) || accounts_.has_accounts(address->domain))
        dead[address->domain].insert(address->local);
      else
        by_domain[address->domain].insert(address->local);
    }
    // Of its own domain a login may be what all of an office share.
    if (const auto own = dead.find(whom.domain);
        own != dead.end() && own->second.size() >= collective_local_parts)
      by_domain.insert(dead.extract(own));
    for (const auto& [domain, locals] : dead)
      for (const auto& local : locals)
        all.remarks.push_back("sent as " + local + '@' + domain
                              + ", a dead sender: no account has this address (deleted?)");
    for (const auto& [domain, locals] : by_domain)
      add_domain(domain, locals, all);
    return all;
  }

  void add_domain(const std::string& domain, const std::set<std::string>& locals,
                  verdict& all) const {
    if (locals.size() < collective_local_parts) {
      for (const auto& local : locals)
        all.added.push_back(local + '@' + domain);
      return;
    }
    all.added.push_back('@' + domain);
    const auto others = accounts_.count_in(domain);
    all.remarks.push_back(
        "collective account: sent as " + std::to_string(locals.size()) + " addresses of "
        + domain + ", so it is to send as any address there"
        + (others == 0 ? "" : ", those of " + std::to_string(others) + " accounts too"));
  }

  const account_table& accounts_;
  const std::function<bool(std::string_view)>& is_hosted_;
  address_book book_;
  std::map<std::string, person> people_; // By the account's login, else as presented.
  std::vector<proposed_row> rows_;
};

} // namespace

std::vector<proposed_row>
propose_accounts(const account_table& accounts,
                 const std::function<bool(std::string_view)>& is_hosted,
                 const std::vector<finding_record>& found) {
  proposal all{accounts, is_hosted};
  for (const auto& one : found)
    all.add(one);
  return std::move(all).rows();
}

} // namespace stellwerk

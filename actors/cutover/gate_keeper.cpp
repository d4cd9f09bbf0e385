#include "actors/cutover/gate_keeper.hpp"

#include "actors/service_backend.hpp"
#include "actors/smtp_backend.hpp"
#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace stellwerk {
namespace {

/// Servers slow down or hang up on who names many unknown recipients in one session: Postfix
/// from the tenth on (`smtpd_soft_error_limit`).
constexpr std::size_t recipients_per_connection = 9;
constexpr std::size_t examples_told = 3;
/// Some minutes' worth.
constexpr std::size_t most_seen_asked = 5000;

std::string draw_nobody() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  std::random_device random;
  std::string local = "stellwerk-probe-";
  for (int i = 0; i < 12; ++i)
    local += letters[random() % letters.size()];
  return local;
}

/// Every address of the domain that the accounts name, each once.
std::vector<std::string> addresses_of(const account_table& accounts,
                                      const std::string& domain) {
  std::set<std::string> found;
  const auto add = [&](const address_parts& parts) {
    if (parts.domain == domain)
      found.insert(parts.local + '@' + parts.domain);
  };
  for (const auto& one : accounts.all()) {
    if (const auto parts = split_address(one.login))
      add(*parts);
    for (const auto& sender : one.senders)
      if (sender.kind == sender_pattern::form::address)
        add(sender.address);
  }
  return {found.begin(), found.end()};
}

/// Those that mail has come for through us, beside those that are there; how many it left out.
std::size_t add_seen(std::vector<std::string>& addresses, std::vector<std::string> seen) {
  std::set<std::string> known;
  for (const auto& one : addresses)
    known.insert(to_lower(one));
  std::erase_if(seen, [&](const std::string& one) { return known.contains(one); });
  std::sort(seen.begin(), seen.end());
  const auto taken = std::min(seen.size(), most_seen_asked);
  addresses.insert(addresses.end(), seen.begin(),
                   seen.begin() + static_cast<std::ptrdiff_t>(taken));
  return seen.size() - taken;
}

std::string joined(const std::vector<std::string>& parts, std::string_view none) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : "; ") + part;
  return text.empty() ? std::string{none} : text;
}

enum class answer_kind : std::uint8_t { takes, defers, refuses, silent };

answer_kind kind_of(const smtp_backend::answer& said) {
  if (!said)
    return answer_kind::silent;
  if (said->is_positive())
    return answer_kind::takes;
  return said->is_permanent() ? answer_kind::refuses : answer_kind::defers;
}

std::string_view text_of(answer_kind value) {
  switch (value) {
    case answer_kind::takes:
      return "takes it";
    case answer_kind::defers:
      return "defers it";
    case answer_kind::refuses:
      return "refuses it";
    case answer_kind::silent:
      break;
  }
  return "does not answer";
}

} // namespace

backend_call gate_keeper::call_to(side where, mail_protocol protocol) const {
  return {where, protocol, std::nullopt, std::nullopt};
}

io::task<std::vector<gate_result>> gate_keeper::measure(standing now, std::string domain,
                                                        direction way) {
  std::vector<gate_result> results;
  auto reached = co_await backends(now);
  results.push_back(std::move(reached));
  results.push_back(accounts(now, domain));
  auto alike = co_await recipients(now, domain);
  results.push_back(std::move(alike));
  auto records = co_await mx(now, domain);
  results.push_back(std::move(records));
  results.push_back(no_relay(now));
  auto relayed = co_await old_relays(now);
  results.push_back(std::move(relayed));
  auto back = co_await way_back(now, domain);
  results.push_back(std::move(back));
  if (way == direction::forward && now.now->settings().provisioning.required > 0)
    results.push_back(passwords(now, domain));
  co_return results;
}

/// Empty, or why the service cannot be used.
io::task<std::string> gate_keeper::reach(const standing& now, side where,
                                         mail_protocol protocol) {
  const auto backend = make_backend_for(protocol, owner_, surroundings_);
  auto problem = co_await backend->open(now.now, call_to(where, protocol));
  if (problem.empty())
    backend->part();
  co_return problem;
}

io::task<std::vector<std::string>> gate_keeper::unusable(standing now, side where) {
  std::vector<std::string> problems;
  for (const auto protocol : all_protocols) {
    if (!is_probed(*now.now, where, protocol))
      continue;
    const auto problem = co_await reach(now, where, protocol);
    if (!problem.empty())
      problems.push_back(std::string{text_of(where)} + ' '
                         + std::string{stellwerk::text_of(protocol)} + ": " + problem);
  }
  co_return problems;
}

io::task<gate_result> gate_keeper::backends(const standing& now) {
  auto problems = co_await unusable(now, side::on_old);
  const auto on_new = co_await unusable(now, side::on_new);
  problems.insert(problems.end(), on_new.begin(), on_new.end());
  std::size_t reached = 0;
  for (const auto where : {side::on_old, side::on_new})
    reached += static_cast<std::size_t>(
        std::count_if(all_protocols.begin(), all_protocols.end(),
                      [&](mail_protocol one) { return is_probed(*now.now, where, one); }));
  gate_result result{"backends",
                     problems.empty(),
                     {},
                     "every service of both servers is reached, with its TLS"};
  result.value = joined(problems, std::to_string(reached) + " services reached");
  co_return result;
}

gate_result gate_keeper::accounts(const standing& now, const std::string& domain) {
  std::vector<std::string> shared;
  std::size_t count = 0;
  for (const auto where : {side::on_old, side::on_new}) {
    std::set<std::string_view> names;
    count = 0;
    for (const auto& one : now.now->current.accounts->all()) {
      if (one.domain != domain)
        continue;
      ++count;
      if (!names.insert(one.login_at(where)).second)
        shared.push_back(one.login_at(where) + " on " + std::string{text_of(where)});
    }
  }
  const auto more = shared.size() > examples_told;
  shared.resize(std::min(shared.size(), examples_told));
  return {"accounts", shared.empty(),
          shared.empty() ? std::to_string(count) + " accounts"
                         : "several accounts are " + joined(shared, "") + (more ? "; ..." : ""),
          "each account is somebody else on either server"};
}

struct gate_keeper::recipient_answers {
  std::vector<answer_kind> of; ///< In the order of the addresses.
  std::string problem;         ///< Not empty: the server could not be asked.
};

io::task<gate_keeper::recipient_answers>
gate_keeper::ask_for(const standing& now, side where,
                     const std::vector<std::string>& addresses) {
  recipient_answers answers;
  for (std::size_t begin = 0; begin < addresses.size(); begin += recipients_per_connection) {
    smtp_backend backend{owner_, surroundings_, {surroundings_->hostname, true}};
    answers.problem = co_await backend.open(now.now, call_to(where, mail_protocol::smtp));
    if (!answers.problem.empty())
      co_return answers;
    const smtp::mail_command nobody{};
    const auto said = co_await backend.mail(nobody);
    const auto end = std::min(begin + recipients_per_connection, addresses.size());
    for (auto at = begin; at < end; ++at) {
      const auto cut = addresses[at].rfind('@');
      const smtp::rcpt_command asked{
          .to = {addresses[at].substr(0, cut), addresses[at].substr(cut + 1)},
          .notify = {},
          .orcpt = {}};
      if (!said || !said->is_positive()) {
        answers.of.push_back(kind_of(said));
        continue;
      }
      const auto heard = co_await backend.rcpt(asked);
      answers.of.push_back(kind_of(heard));
    }
    backend.part();
  }
  co_return answers;
}

io::task<gate_result> gate_keeper::recipients(const standing& now, const std::string& domain) {
  auto addresses = addresses_of(*now.now->current.accounts, domain);
  const auto unasked = add_seen(addresses, surroundings_->recipients.of(domain));
  addresses.push_back(draw_nobody() + '@' + domain); // Catch-all on one side alone shows here.
  gate_result result{"recipients", false, {}, "both servers answer alike for each address"};
  const auto on_old = co_await ask_for(now, side::on_old, addresses);
  const auto on_new = co_await ask_for(now, side::on_new, addresses);
  if (!on_old.problem.empty() || !on_new.problem.empty()) {
    result.value = on_old.problem.empty() ? "new: " + on_new.problem : "old: " + on_old.problem;
    co_return result;
  }
  std::vector<std::string> different;
  for (std::size_t at = 0; at < addresses.size(); ++at) {
    const auto a = on_old.of[at];
    const auto b = on_new.of[at];
    if (a != b || (a != answer_kind::takes && a != answer_kind::refuses))
      different.push_back(addresses[at] + ": old " + std::string{text_of(a)} + ", new "
                          + std::string{text_of(b)});
  }
  result.ok = different.empty();
  const auto all = different.size();
  different.resize(std::min(all, examples_told));
  result.value
      = result.ok ? std::to_string(addresses.size()) + " addresses, one of nobody: all alike"
                        + (unasked == 0 ? ""
                                        : "; " + std::to_string(unasked)
                                              + " more that mail has come for were not asked")
                  : std::to_string(all) + " of " + std::to_string(addresses.size())
                        + " differ: " + joined(different, "");
  co_return result;
}

gate_result gate_keeper::no_relay(const standing& now) {
  std::vector<std::string> open;
  for (const auto where : {side::on_old, side::on_new})
    if (const auto& relay = now.facts->relay(where); !relay.refuses_strangers)
      open.push_back(std::string{text_of(where)} + ": " + relay.heard);
  return {"no_relay", open.empty(), joined(open, "both refuse"),
          "5xx to a foreign recipient on both servers"};
}

/// The old server still lets people in and takes their mail, should we have to go back.
io::task<gate_result> gate_keeper::way_back(const standing& now, const std::string& domain) {
  gate_result result{"way_back", false, {}, "the old server takes logins and mail for it"};
  std::vector<std::string> problems;
  for (const auto protocol : {mail_protocol::imap, mail_protocol::pop3}) {
    if (!is_probed(*now.now, side::on_old, protocol))
      continue;
    const auto problem = co_await reach(now, side::on_old, protocol);
    if (!problem.empty())
      problems.push_back("old " + std::string{stellwerk::text_of(protocol)} + ": " + problem);
  }
  const auto addresses = addresses_of(*now.now->current.accounts, domain);
  if (!addresses.empty()) {
    const std::vector one{addresses.front()};
    const auto said = co_await ask_for(now, side::on_old, one);
    if (!said.problem.empty())
      problems.push_back("old smtp: " + said.problem);
    else if (said.of.front() != answer_kind::takes)
      problems.push_back("old " + std::string{text_of(said.of.front())} + " for "
                         + one.front());
  }
  result.ok = problems.empty();
  result.value = joined(problems, addresses.empty() ? "logins are taken; no address known"
                                                    : "logins and mail are taken");
  co_return result;
}

} // namespace stellwerk

#include "actors/presence_book.hpp"

#include "config/policy_in_force.hpp"
#include "config/route_decision.hpp"
#include "protocol/base/domain_name.hpp"

#include <algorithm>
#include <unordered_set>

namespace stellwerk {
namespace {

login_judgement judge(const world& now, const std::string& login, const presence& who) {
  // Without the port; an IPv6 address has brackets.
  auto address = who.client.substr(0, who.client.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  const policy_in_force rules{now.current, std::move(address),
                              std::chrono::system_clock::now()};
  return rules.judge_login(login).judged;
}

} // namespace

std::optional<side> place_of(const world& now, const presence& who) {
  route_decision decision;
  if (who.kind == presence_kind::delivery) {
    decision = who.handed_in_by.empty()
                   ? recipient_route(now.current, who.login)
                   : submitted_recipient_route(now.current, judge(now, who.handed_in_by, who),
                                               who.login);
  } else {
    const auto login = judge(now, who.login, who);
    if (!login.allowed)
      return std::nullopt;
    decision = who.kind == presence_kind::access ? access_route(now.current, login)
                                                 : submission_route(now.current, login);
  }
  if (decision.verdict != route_verdict::serve)
    return std::nullopt;
  return decision.to;
}

bool is_held(const world& now, const presence& who) {
  const auto login = judge(now, who.login, who);
  if (!login.allowed)
    return false;
  const auto route = access_route(now.current, login);
  return route.verdict == route_verdict::hold && route.domain == who.domain;
}

void presence_book::enter(std::uint64_t ticket, presence who) {
  auto& slot = entries_[ticket];
  slot.who = std::move(who);
  slot.released = false;
  if (!slot.kicked)
    slot.told = 0;
}

void presence_book::leave(std::uint64_t ticket) { entries_.erase(ticket); }

std::vector<presence> presence_book::take_misplaced(const world& now, wave told) {
  std::vector<presence> misplaced;
  for (auto& [ticket, slot] : entries_)
    if (!slot.who.parked && slot.told == 0 && place_of(now, slot.who) != slot.who.where) {
      slot.told = told;
      misplaced.push_back(slot.who);
    }
  return misplaced;
}

std::size_t presence_book::count_misplaced(const world& now, std::string_view domain) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const auto& one) {
        const auto& who = one.second.who;
        return who.domain == domain && !who.parked && place_of(now, who) != who.where;
      }));
}

std::vector<presence> presence_book::take_released(const world& now) {
  std::vector<std::uint64_t> tickets;
  for (auto& [ticket, slot] : entries_)
    if (slot.who.parked && !slot.released && !is_held(now, slot.who)) {
      slot.released = true;
      tickets.push_back(ticket);
    }
  std::sort(tickets.begin(), tickets.end());
  std::vector<presence> released;
  released.reserve(tickets.size());
  for (const auto ticket : tickets)
    released.push_back(entries_.at(ticket).who);
  return released;
}

std::vector<presence> presence_book::kick(std::string_view whom, wave told) {
  constexpr std::string_view by_session = "session=";
  std::vector<presence> found;
  const auto domain = domain_key(whom);
  const auto session = whom.starts_with(by_session) ? whom.substr(by_session.size()) : "";
  for (auto& [ticket, slot] : entries_)
    if (slot.who.kind != presence_kind::delivery
        && (slot.who.login == whom || slot.who.domain == domain
            || (!session.empty() && slot.who.session == session))) {
      slot.kicked = true;
      if (slot.told == 0)
        slot.told = told;
      found.push_back(slot.who);
    }
  return found;
}

std::vector<presence> presence_book::told_up_to(wave last) const {
  std::vector<presence> found;
  for (const auto& [ticket, slot] : entries_)
    if (slot.told != 0 && slot.told <= last)
      found.push_back(slot.who);
  return found;
}

std::size_t presence_book::sessions_draining() const {
  std::unordered_set<std::string_view> sessions;
  for (const auto& [ticket, slot] : entries_)
    if (slot.told != 0)
      sessions.insert(slot.who.session);
  return sessions.size();
}

std::vector<presence> presence_book::all() const {
  std::vector<presence> everybody;
  everybody.reserve(entries_.size());
  for (const auto& [ticket, slot] : entries_)
    everybody.push_back(slot.who);
  return everybody;
}

std::map<std::string, presence_book::tally> presence_book::tallies() const {
  std::map<std::string, tally> counted;
  for (const auto& [ticket, slot] : entries_) {
    auto& here = counted[slot.who.domain];
    if (slot.who.kind == presence_kind::delivery)
      ++here.deliveries;
    else if (slot.who.parked)
      ++here.parked;
    else if (slot.who.where == side::on_old)
      ++here.sessions_on_old;
    else
      ++here.sessions_on_new;
  }
  return counted;
}

} // namespace stellwerk

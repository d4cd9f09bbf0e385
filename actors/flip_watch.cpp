#include "actors/flip_watch.hpp"

#include "actors/log/log.hpp"
#include "protocol/base/ascii.hpp"

namespace stellwerk {
namespace {

std::string way_back_of(const std::string& domain, phase to) {
  return std::string{"stellwerk "} + (to == phase::on_new ? "reverse " : "switch ") + domain
         + " --final-sync CMD";
}

} // namespace

void flip_watch::follow(const route_table& routes,
                        const std::map<std::string, clock::time_point>& since,
                        std::chrono::seconds watch, clock::time_point now) {
  const std::lock_guard guard{mutex_};
  std::erase_if(domains_, [&](const auto& one) { return routes.find(one.first) == nullptr; });
  for (const auto& route : routes.all()) {
    auto& one = domains_[route.domain];
    if (const auto dated = since.find(route.domain); dated != since.end())
      one.since = dated->second;
    const auto at = access_of(route.now);
    if (one.home && !one.is_away && at != one.home)
      one.before = one.traffic.of_last(watch, now);
    one.is_away = !at;
    if (at && one.home && at != one.home)
      one.flip = report{.to = route.now,
                        .since = one.since,
                        .until = now + watch,
                        .before = one.before,
                        .way_back = way_back_of(route.domain, route.now)};
    if (at)
      one.home = at;
  }
}

void flip_watch::note(const std::string& domain, traffic_kind what, bool went_well,
                      clock::time_point now) {
  std::string words;
  std::string way_back;
  {
    const std::lock_guard guard{mutex_};
    const auto found = domains_.find(domain);
    if (found == domains_.end())
      return;
    auto& one = found->second;
    one.traffic.note(what, went_well, now);
    if (one.is_away || !one.flip || now >= one.flip->until)
      return;
    auto& flip = *one.flip;
    const auto kind = static_cast<std::size_t>(what);
    flip.after[kind].note(went_well);
    if (went_well || !is_worse(flip.before[kind], flip.after[kind])
        || !flip.worse.insert(what).second)
      return;
    words = comparison_text(what, flip.before[kind], flip.after[kind]);
    way_back = flip.way_back;
  }
  log::write(log::event::flip_worse,
             {{"domain", domain}, {"what", words}, {"way_back", way_back}});
}

bool flip_watch::is_newcomer(const std::string& domain, clock::time_point now) const {
  const std::lock_guard guard{mutex_};
  const auto found = domains_.find(domain);
  return found != domains_.end()
         && (found->second.is_away || now - found->second.since < newcomer);
}

void flip_watch::note_doubted(const std::string& domain, const std::string& address,
                              const std::string& heard) {
  {
    const std::lock_guard guard{mutex_};
    const auto found = domains_.find(domain);
    if (found != domains_.end() && found->second.flip) {
      auto& doubted = found->second.flip->doubted;
      if (doubted.size() >= most_doubted || !doubted.insert(to_lower(address)).second)
        return; // Its sender will come again and again.
    }
  }
  log::write(log::event::recipient_doubted,
             {{"domain", domain}, {"recipient", address}, {"heard", heard}});
}

void flip_watch::note_taken(const std::string& domain, const std::string& address) {
  const std::lock_guard guard{mutex_};
  const auto found = domains_.find(domain);
  if (found != domains_.end() && found->second.flip)
    found->second.flip->doubted.erase(to_lower(address));
}

std::map<std::string, flip_watch::report> flip_watch::reports(clock::time_point now) const {
  const std::lock_guard guard{mutex_};
  std::map<std::string, report> found;
  for (const auto& [domain, one] : domains_)
    if (one.flip && now - one.flip->since < newcomer)
      found.emplace(domain, *one.flip);
  return found;
}

flip_watch::memories flip_watch::kept(clock::time_point now) const {
  const std::lock_guard guard{mutex_};
  memories all;
  for (const auto& [domain, one] : domains_)
    if (one.home) {
      auto& here = all[domain];
      here.home = *one.home;
      if (one.flip && now - one.flip->since < newcomer)
        here.flip = one.flip;
    }
  return all;
}

void flip_watch::restore(memories kept) {
  const std::lock_guard guard{mutex_};
  for (auto& [domain, known] : kept) {
    auto& one = domains_[domain];
    one.home = known.home;
    one.flip = std::move(known.flip);
    if (one.flip)
      one.flip->way_back = way_back_of(domain, one.flip->to);
  }
}

} // namespace stellwerk

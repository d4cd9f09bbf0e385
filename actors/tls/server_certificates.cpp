#include "actors/tls/server_certificates.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::tls {

namespace {

/// Is it of use at `now`? Where retirement never applies, the operator's `until` doesn't
/// either.
bool is_in_force(const certificate_facts& facts, retirement rule, time_point now) {
  return rule == retirement::applies ? !facts.retired(now) : !facts.expired(now);
}

/// A name as it stands beats a wildcard; a certificate whose time has not begun comes last.
int rank(const certificate_facts& facts, std::string_view host, time_point now) {
  const bool literal
      = std::any_of(facts.names.begin(), facts.names.end(),
                    [&](const auto& name) { return equals_ignoring_case(name, host); });
  return (facts.not_before <= now ? 2 : 0) + (literal ? 1 : 0);
}

} // namespace

certificate_choice server_certificates::choose(std::string_view asked, std::string_view bound,
                                               retirement rule, time_point now) const {
  /// The best one in force, of those that serve `host`, or of all if it is empty.
  const auto best = [&](std::string_view host) {
    std::shared_ptr<const certificate> found;
    for (const auto& one : list_)
      if (is_in_force(*one, rule, now) && (host.empty() || one->serves(host))
          && (!found || rank(*one, host, now) > rank(*found, host, now)))
        found = one;
    return found;
  };
  const bool named = !asked.empty() && knows(asked);
  if (!knows(bound))
    bound = {};
  if (rule == retirement::applies) {
    const auto host = named ? asked : bound;
    certificate_choice made;
    made.chosen = best(host);
    made.retired = !made.chosen && !list_.empty();
    if (made.retired)
      made.retired_name = name_for(host);
    made.by_name = named && !made.retired;
    add_companions(made, host, rule, now);
    return made;
  }
  // Port 25: another valid one, else what there is; a sender would rather take it than none.
  for (const auto name : {named ? asked : bound, bound, std::string_view{}})
    if (auto found = best(name)) {
      certificate_choice made{.chosen = found, .by_name = named && found->serves(asked)};
      add_companions(made, name, rule, now);
      return made;
    }
  for (const auto name : {named ? asked : bound, bound, std::string_view{}})
    for (const auto& one : list_)
      if (name.empty() || one->serves(name))
        return {.chosen = one, .by_name = named && one->serves(asked)};
  return {};
}

std::string server_certificates::name_for(std::string_view host) const {
  for (const auto& one : list_)
    if (const auto name = one->name_for(host); !name.empty())
      return std::string{name};
  return list_.front()->names.empty() ? std::string{} : list_.front()->names.front();
}

void server_certificates::add_companions(certificate_choice& made, std::string_view host,
                                         retirement rule, time_point now) const {
  if (!made.chosen)
    return;
  if (host.empty() && !made.chosen->names.empty())
    host = made.chosen->names.front();
  for (const auto& one : list_) {
    if (one->key_kind == made.chosen->key_kind || !one->serves(host)
        || !is_in_force(*one, rule, now) || now < one->not_before)
      continue;
    const auto same
        = std::find_if(made.companions.begin(), made.companions.end(),
                       [&](const auto& other) { return other->key_kind == one->key_kind; });
    if (same == made.companions.end())
      made.companions.push_back(one);
    else if (rank(*one, host, now) > rank(**same, host, now))
      *same = one;
  }
}

bool server_certificates::is_retired(std::string_view bound, time_point now) const {
  return knows(bound) && std::all_of(list_.begin(), list_.end(), [&](const auto& one) {
           return one->retired(now) || !one->serves(bound);
         });
}

bool server_certificates::knows(std::string_view name) const {
  return std::any_of(list_.begin(), list_.end(),
                     [&](const auto& one) { return one->serves(name); });
}

} // namespace stellwerk::tls

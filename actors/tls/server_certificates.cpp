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
    auto found = best(named ? asked : bound);
    const bool retired = !found && !list_.empty();
    return {std::move(found), named && !retired, retired};
  }
  // Port 25: another valid one, else what there is; a sender would rather take it than none.
  for (const auto name : {named ? asked : bound, bound, std::string_view{}})
    if (auto found = best(name)) {
      const bool by_name = named && found->serves(asked);
      return {std::move(found), by_name, false};
    }
  for (const auto name : {named ? asked : bound, bound, std::string_view{}})
    for (const auto& one : list_)
      if (name.empty() || one->serves(name))
        return {one, named && one->serves(asked), false};
  return {};
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

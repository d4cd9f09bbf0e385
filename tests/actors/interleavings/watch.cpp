#include "tests/actors/interleavings/watch.hpp"

#include <functional>

namespace stellwerk::test {
namespace {

/// SPEC.md, Phases: who may be served where; nothing: nowhere.
struct promise {
  std::optional<side> access;
  std::optional<side> submission;
  std::optional<side> delivery;
  std::optional<side> delivery_at_once; ///< `delivery_while_moving: target`.
};
promise promise_of(phase now) {
  constexpr auto on_old = side::on_old;
  constexpr auto on_new = side::on_new;
  switch (now) {
    case phase::on_old:
      return {on_old, on_old, on_old, on_old};
    case phase::moving:
      return {{}, on_old, {}, on_new};
    case phase::on_new:
      return {on_new, on_new, on_new, on_new};
    case phase::returning:
      break;
  }
  return {{}, on_new, {}, on_old};
}

} // namespace

std::string_view text_of(errand value) {
  switch (value) {
    case errand::access:
      return "access";
    case errand::submission:
      return "submission";
    case errand::delivery:
      break;
  }
  return "delivery";
}

bool watch::allows(side where, errand what, const std::string& domain) const {
  const auto promised = promise_of(phases_.at(domain));
  switch (what) {
    case errand::access:
      return promised.access == where;
    case errand::submission:
      return promised.submission == where;
    case errand::delivery:
      break;
  }
  return (policy_ == while_moving::target ? promised.delivery_at_once : promised.delivery)
         == where;
}

void watch::on_published(const world& now) {
  epoch_ = now.epoch();
  for (const auto& route : now.current.routes.all()) {
    const auto known = phases_.find(route.domain);
    if (known != phases_.end() && known->second == route.now)
      continue;
    if (known != phases_.end())
      ++counts["change"];
    phases_[route.domain] = route.now;
    drained_.erase(route.domain);
  }
}

void watch::on_counted(const std::string& domain, std::size_t misplaced) {
  if (misplaced == 0)
    drained_.insert(domain);
  ++counts[misplaced == 0 ? "drained" : "draining"];
}

void watch::note(side where, errand what, const std::string& domain, std::string_view words) {
  ++counts[std::string{words} + " " + std::string{stellwerk::text_of(where)}];
  for (const std::uint64_t part :
       {std::uint64_t{epoch_}, static_cast<std::uint64_t>(where),
        static_cast<std::uint64_t>(what), std::uint64_t{std::hash<std::string>{}(domain)},
        std::uint64_t{std::hash<std::string_view>{}(words)}})
    digest_ = (digest_ ^ part) * 0x100000001b3U;
}

void watch::on_begun(side where, errand what, const std::string& domain,
                     std::string_view words) {
  note(where, what, domain, words);
  if (!allows(where, what, domain))
    on_trespass(std::string{words} + " at " + std::string{stellwerk::text_of(where)} + ", "
                + domain + " is " + std::string{stellwerk::text_of(phases_.at(domain))});
}

void watch::on_going_on(side where, errand what, const std::string& domain,
                        std::string_view words) {
  note(where, what, domain, words);
  if (drained_.contains(domain) && !allows(where, what, domain))
    on_trespass(std::string{words} + " at " + std::string{stellwerk::text_of(where)}
                + " behind a drain that counted zero, " + domain + " is "
                + std::string{stellwerk::text_of(phases_.at(domain))});
}

void watch::on_promised(side where, errand what, const std::string& domain,
                        std::string_view words) {
  on_begun(where, what, domain, words);
}

void watch::on_trespass(std::string what) {
  trespasses_.push_back(std::move(what) + " (epoch " + std::to_string(epoch_) + ")");
}

} // namespace stellwerk::test

#include "config/route_decision.hpp"

#include "protocol/accounts/sender_pattern.hpp"

namespace stellwerk {
namespace {

// What the domain says without any pin, as far as all three kinds of traffic share it.
route_decision begin(const snapshot& current, std::string_view domain) {
  route_decision decision;
  decision.domain = domain;
  if (const auto* route = current.routes.find(domain)) {
    decision.listed = true;
    decision.now = route->now;
  }
  return decision;
}

void serve(route_decision& decision, side to) {
  decision.verdict = route_verdict::serve;
  decision.to = to;
}

void follow_default(route_decision& decision, const snapshot& current) {
  if (const auto to = side_of(current.routes.fallback()))
    serve(decision, *to);
  else
    decision.verdict = route_verdict::refuse;
}

void hold(route_decision& decision) {
  decision.verdict = route_verdict::hold;
  decision.to = destination_of(*decision.now);
}

std::optional<side> pin_of(const login_judgement& login) {
  return login.who != nullptr ? login.who->pin : std::nullopt;
}

} // namespace

route_decision access_route(const snapshot& current, const login_judgement& login) {
  auto decision = begin(current, login.domain);
  const auto pin = pin_of(login);
  const bool under_way = decision.now && !access_of(*decision.now);
  if (under_way && pin != destination_of(*decision.now))
    hold(decision);
  else if (pin)
    serve(decision, *pin);
  else if (decision.now)
    serve(decision, *access_of(*decision.now));
  else
    follow_default(decision, current);
  return decision;
}

route_decision submission_route(const snapshot& current, const login_judgement& login) {
  auto decision = begin(current, login.domain);
  if (const auto pin = pin_of(login))
    serve(decision, *pin);
  else if (decision.now)
    serve(decision, submission_of(*decision.now));
  else
    follow_default(decision, current);
  return decision;
}

route_decision recipient_route(const snapshot& current, std::string_view address) {
  const auto parts = split_address(address);
  auto decision = begin(current, parts ? std::string_view{parts->domain} : std::string_view{});
  const auto pin = parts ? current.accounts->pin_of(*parts) : std::nullopt;
  if (decision.now && !delivery_of(*decision.now)) {
    hold(decision);
    decision.early = current.settings.policy.delivery_while_moving == while_moving::target;
    if (decision.early)
      serve(decision, decision.to);
  } else if (pin)
    serve(decision, *pin);
  else if (decision.now)
    serve(decision, *delivery_of(*decision.now));
  else
    follow_default(decision, current);
  return decision;
}

route_decision submitted_recipient_route(const snapshot& current, const login_judgement& login,
                                         std::string_view address) {
  auto decision = recipient_route(current, address);
  const auto home = submission_route(current, login);
  if (!login.allowed || home.verdict != route_verdict::serve) {
    decision.verdict = route_verdict::refuse;
    return decision;
  }
  if (decision.listed && (decision.verdict == route_verdict::hold || decision.early))
    return decision;
  const auto& backends = current.settings.backends;
  const auto& own = home.to == side::on_old ? backends.on_old : backends.on_new;
  if (!decision.listed || decision.verdict != route_verdict::serve || own.relays_moved_domains)
    serve(decision, home.to);
  return decision;
}

} // namespace stellwerk

#include "actors/access_backend.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/secret.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

using verdict = login_outcome::verdict;

/// A backend may take its time with a password: the slow hashes, the delay after a failure.
constexpr std::chrono::seconds login_budget{60};

dialogue::backend_tls tls_of(backend_tls configured) {
  switch (configured) {
    case backend_tls::none:
      return dialogue::backend_tls::none;
    case backend_tls::starttls:
      return dialogue::backend_tls::starttls;
    case backend_tls::implicit:
      break;
  }
  return dialogue::backend_tls::implicit;
}

/// The client as Dovecot takes it (login_trusted_networks); nothing if it is not configured.
std::optional<std::string> xclient_of(const backend_service& service,
                                      const backend_call& call) {
  if (service.client_address != client_address_mode::xclient)
    return std::nullopt;
  if (!call.client)
    return std::string{};
  return "ADDR=" + call.client->address() + " PORT=" + std::to_string(call.client->port());
}

pop3::backend_dialogue begin_dialogue(const backend_service& service, const backend_call& call,
                                      std::in_place_type_t<pop3::backend_dialogue>) {
  pop3::backend_settings settings;
  settings.tls = tls_of(service.tls);
  settings.xclient = xclient_of(service, call);
  return pop3::backend_dialogue{settings};
}

sieve::backend_dialogue begin_dialogue(const backend_service& service, const backend_call& call,
                                       std::in_place_type_t<sieve::backend_dialogue>) {
  sieve::backend_settings settings;
  settings.tls = tls_of(service.tls);
  settings.xclient = xclient_of(service, call);
  return sieve::backend_dialogue{settings};
}

// Where a refusal is about the password the words are ours: they must not differ from those of
// a refusal of ours.
login_outcome judge(dialogue::refused& no, std::in_place_type_t<pop3::backend_dialogue>) {
  if (pop3::is_temporary(no.code))
    return {verdict::unavailable, std::move(no.code), std::move(no.text)};
  if (no.code.empty() || equals_ignoring_case(no.code, "AUTH"))
    return {.came = verdict::refused, .token_error = std::move(no.error)};
  return {verdict::refused, std::move(no.code), std::move(no.text), std::move(no.error)};
}

login_outcome judge(dialogue::refused& no, std::in_place_type_t<sieve::backend_dialogue>) {
  if (sieve::is_temporary(no.code)) // Of our way to the backend, not of the client's to us.
    return {verdict::unavailable, "TRYLATER", std::move(no.text)};
  if (no.code.empty())
    return {.came = verdict::refused, .token_error = std::move(no.error)};
  return {verdict::refused, std::move(no.code), std::move(no.text), std::move(no.error)};
}

void note(service_facts& facts, const pop3::capability_list& told) { facts.pop3 = told; }
void note(service_facts& facts, const sieve::capability_list& told) { facts.sieve = told; }

} // namespace

template <class Dialogue> void access_backend<Dialogue>::say(std::string& text) {
  connection_.leg().stream().write(text);
  wipe(text);
}

template <class Dialogue>
io::task<typename access_backend<Dialogue>::step>
access_backend<Dialogue>::next_step(io::clock::time_point until) {
  for (;;) {
    auto next = dialogue_->take(connection_.leg().inbox().rest());
    if (auto* text = std::get_if<dialogue::say>(&next)) {
      say(text->text);
      continue;
    }
    if (!std::holds_alternative<dialogue::need_more>(next))
      co_return next;
    switch (co_await connection_.leg().fill(until)) {
      case leg::outcome::done:
        break;
      case leg::outcome::closed:
        co_return dialogue::unavailable{"connection closed, awaiting "
                                        + std::string{dialogue_->awaited()}};
      case leg::outcome::late:
        co_return dialogue::unavailable{"too late, awaiting "
                                        + std::string{dialogue_->awaited()}};
    }
  }
}

template <class Dialogue>
io::task<std::string> access_backend<Dialogue>::open(world_ptr now, backend_call call) {
  const auto& budgets = now->settings().budgets;
  // The budget of the greeting begins when the connection stands; `connect` is per address.
  const auto budget = budgets.greeting;
  auto problem = co_await connection_.open(now, call, owner_.now() + budgets.connect + budget);
  if (!problem.empty())
    co_return problem;
  const auto until = owner_.now() + budget;
  const auto& service = connection_.service();
  dialogue_.emplace(begin_dialogue(service, call, std::in_place_type<Dialogue>));
  for (;;) {
    auto next = co_await next_step(until);
    if (std::holds_alternative<dialogue::start_tls>(next)) {
      if (!connection_.leg().inbox().empty())
        co_return std::string{"octets in clear behind STARTTLS"};
      problem = co_await connection_.start_tls(until);
      if (!problem.empty())
        co_return problem;
      next = dialogue_->on_tls_started();
      if (auto* text = std::get_if<dialogue::say>(&next))
        say(text->text);
    }
    if (std::holds_alternative<dialogue::ready_for_login>(next))
      co_return std::string{};
    if (auto* end = std::get_if<dialogue::unavailable>(&next))
      co_return end->why;
    if (auto* end = std::get_if<dialogue::give_up>(&next))
      co_return end->why;
  }
}

template <class Dialogue>
io::task<login_outcome> access_backend<Dialogue>::log_in(const sasl::credentials& who) {
  auto next = dialogue_->login(who);
  const auto until
      = owner_.now()
        + std::min<std::chrono::milliseconds>(login_budget, connection_.limits().command);
  if (auto* text = std::get_if<dialogue::say>(&next)) {
    say(text->text);
    next = co_await next_step(until);
  }
  if (auto* no = std::get_if<dialogue::refused>(&next))
    co_return judge(*no, std::in_place_type<Dialogue>);
  if (auto* not_now = std::get_if<dialogue::unavailable>(&next)) {
    problem_ = std::move(not_now->why);
  } else if (auto* end = std::get_if<dialogue::give_up>(&next)) {
    problem_ = std::move(end->why);
  } else if (auto* yes = std::get_if<dialogue::accepted>(&next)) {
    accepted_text_ = std::move(yes->text);
    co_return login_outcome{.came = verdict::accepted};
  } else {
    problem_ = "the backend spoke out of turn";
  }
  co_return login_outcome{};
}

template <class Dialogue> service_facts access_backend<Dialogue>::shown() const {
  service_facts facts;
  facts.healthy = true;
  note(facts, dialogue_->capabilities());
  return facts;
}

template <class Dialogue> void access_backend<Dialogue>::part() {
  if (dialogue_ && connection_.is_open())
    connection_.leg().stream().write(dialogue_->log_out().text);
  connection_.close();
}

template class access_backend<pop3::backend_dialogue>;
template class access_backend<sieve::backend_dialogue>;

} // namespace stellwerk

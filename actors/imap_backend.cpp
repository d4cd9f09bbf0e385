#include "actors/imap_backend.hpp"

#include "protocol/base/secret.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

/// A backend may take its time with a password: the slow hashes, the delay after a failure.
constexpr std::chrono::seconds login_budget{60};

imap::backend_tls tls_of(backend_tls configured) {
  switch (configured) {
    case backend_tls::none:
      return imap::backend_tls::none;
    case backend_tls::starttls:
      return imap::backend_tls::starttls;
    case backend_tls::implicit:
      break;
  }
  return imap::backend_tls::implicit;
}

/// The ID fields by which Dovecot (login_trusted_networks) learns the real client.
std::vector<std::pair<std::string, std::string>> id_fields(const backend_service& service,
                                                           const backend_call& call) {
  if (service.client_address != client_address_mode::id || !call.client || !call.local)
    return {};
  return {{"x-originating-ip", call.client->address()},
          {"x-originating-port", std::to_string(call.client->port())},
          {"x-connected-ip", call.local->address()},
          {"x-connected-port", std::to_string(call.local->port())}};
}

} // namespace

io::task<imap_backend::step> imap_backend::next_step(io::clock::time_point until) {
  for (;;) {
    auto next = dialogue_->take(connection_.leg().inbox().rest());
    if (auto* text = std::get_if<imap::say>(&next)) {
      connection_.leg().stream().write(text->text);
      wipe(text->text);
      continue;
    }
    if (!std::holds_alternative<imap::need_more>(next))
      co_return next;
    switch (co_await connection_.leg().fill(until)) {
      case leg::outcome::done:
        break;
      case leg::outcome::closed:
        co_return imap::unavailable{"connection closed, awaiting "
                                    + std::string{dialogue_->awaited()}};
      case leg::outcome::late:
        co_return imap::unavailable{"too late, awaiting " + std::string{dialogue_->awaited()}};
    }
  }
}

io::task<std::string> imap_backend::open(world_ptr now, backend_call call) {
  const auto& budgets = now->settings().budgets;
  // The budget of the greeting begins when the connection stands; `connect` is per address.
  const auto budget = budgets.greeting;
  auto problem = co_await connection_.open(now, call, owner_.now() + budgets.connect + budget);
  if (!problem.empty())
    co_return problem;
  const auto until = owner_.now() + budget;
  const auto& service = connection_.service();
  dialogue_.emplace(imap::backend_settings{.tls = tls_of(service.tls),
                                           .id_fields = id_fields(service, call)});
  const bool needs_id = service.client_address == client_address_mode::id;
  for (;;) {
    auto next = co_await next_step(until);
    if (std::holds_alternative<imap::ready_for_login>(next)) {
      // Clients could not be told of: neither do we go in, so that a probe sees it.
      if (needs_id && !dialogue_->capabilities().contains("ID"))
        co_return std::string{"has no ID for the client's address"};
      co_return std::string{};
    }
    if (std::holds_alternative<imap::start_tls>(next)) {
      if (!connection_.leg().inbox().empty())
        co_return std::string{"octets in clear behind STARTTLS"};
      problem = co_await connection_.start_tls(until);
      if (!problem.empty())
        co_return problem;
      next = dialogue_->on_tls_started();
      if (auto* text = std::get_if<imap::say>(&next)) {
        connection_.leg().stream().write(text->text);
        continue;
      }
    }
    if (auto* end = std::get_if<imap::unavailable>(&next))
      co_return end->why;
    if (auto* end = std::get_if<imap::give_up>(&next))
      co_return end->why;
    if (std::holds_alternative<imap::ready_for_login>(next))
      co_return std::string{};
  }
}

io::task<login_outcome> imap_backend::log_in(const sasl::credentials& who) {
  using verdict = login_outcome::verdict;
  auto next = dialogue_->login(who);
  const auto until
      = owner_.now()
        + std::min<std::chrono::milliseconds>(login_budget, connection_.limits().command);
  if (auto* text = std::get_if<imap::say>(&next)) {
    connection_.leg().stream().write(text->text);
    wipe(text->text);
    next = co_await next_step(until);
  }
  if (auto* yes = std::get_if<imap::accepted>(&next)) {
    acceptance_ = std::move(yes->answer);
    co_return login_outcome{.came = verdict::accepted};
  }
  if (auto* no = std::get_if<imap::refused>(&next)) {
    if (imap::is_temporary(no->code))
      co_return login_outcome{verdict::unavailable, std::move(no->code), std::move(no->text)};
    // Our own words and the usual code where it is about the password: they must not differ
    // from those of a refusal of ours.
    if (no->code.empty() || no->code == "AUTHENTICATIONFAILED")
      co_return login_outcome{.came = verdict::refused, .token_error = std::move(no->error)};
    co_return login_outcome{verdict::refused, std::move(no->code), std::move(no->text),
                            std::move(no->error)};
  }
  if (auto* not_now = std::get_if<imap::unavailable>(&next))
    problem_ = std::move(not_now->why);
  else if (auto* end = std::get_if<imap::give_up>(&next))
    problem_ = std::move(end->why);
  else
    problem_ = "the backend spoke out of turn";
  co_return login_outcome{};
}

service_facts imap_backend::shown() const {
  return {.healthy = true,
          .problem = {},
          .features = {},
          .capabilities = dialogue_->capabilities()};
}

void imap_backend::part() {
  if (dialogue_ && connection_.is_open())
    connection_.leg().stream().write(dialogue_->log_out().text);
  connection_.close();
}

} // namespace stellwerk

#include "actors/smtp_backend.hpp"

#include "protocol/base/secret.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

// RFC 5321 section 4.5.3.2: how long a client should wait for a server. `limits.command` may
// make them shorter, but for the last one: behind the final dot nothing is hurried.
constexpr std::chrono::minutes command_budget{5};
constexpr std::chrono::minutes data_budget{2};
constexpr std::chrono::minutes block_budget{3};
constexpr std::chrono::minutes content_budget{10};
constexpr std::chrono::seconds login_budget{60};

smtp::backend_tls tls_of(backend_tls configured) {
  switch (configured) {
    case backend_tls::none:
      return smtp::backend_tls::none;
    case backend_tls::starttls:
      return smtp::backend_tls::starttls;
    case backend_tls::implicit:
      break;
  }
  return smtp::backend_tls::implicit;
}

} // namespace

void smtp_backend::lose(std::string why) {
  problem_ = std::move(why);
  in_transaction_ = in_content_ = false;
  connection_.close();
}

io::task<smtp::backend_step> smtp_backend::next_step(io::clock::time_point until) {
  auto& wire = connection_.leg();
  for (;;) {
    const bool credentials_under_way
        = dialogue_->awaiting() == smtp::name(smtp::backend_command::authenticate);
    auto next = dialogue_->take(wire.inbox().rest());
    if (auto* line = std::get_if<smtp::step::say>(&next)) {
      wire.stream().write(line->text);
      if (line->is_secret)
        wipe(line->text);
      continue;
    }
    if (auto* end = std::get_if<smtp::step::give_up>(&next)) {
      lose(std::string{smtp::name(end->why)}
           + (end->said && !end->said->lines.empty() && !credentials_under_way
                  ? ": " + std::to_string(end->said->code) + ' ' + end->said->lines.front()
                  : std::string{}));
      co_return next;
    }
    if (!std::holds_alternative<smtp::step::need_more>(next))
      co_return next;
    const auto awaited = std::string{dialogue_->awaiting()};
    switch (co_await wire.fill(until)) {
      case leg::outcome::done:
        break;
      case leg::outcome::closed:
        lose("connection closed, awaiting " + awaited);
        co_return smtp::step::give_up{smtp::backend_fault::shutting_down};
      case leg::outcome::late:
        lose("too late, awaiting " + awaited);
        co_return smtp::step::give_up{smtp::backend_fault::shutting_down};
    }
  }
}

io::task<std::string> smtp_backend::open(world_ptr now, backend_call call) {
  const auto& budgets = now->settings().budgets;
  auto problem
      = co_await connection_.open(now, call, owner_.now() + budgets.connect + budgets.greeting);
  if (!problem.empty())
    co_return problem;
  const auto until = owner_.now() + budgets.greeting;
  const auto& service = connection_.service();
  smtp::backend_settings settings;
  settings.our_name = surroundings_->hostname;
  settings.tls = tls_of(service.tls);
  settings.authenticates = call.protocol == mail_protocol::submission;
  const bool is_xclient = service.client_address == client_address_mode::xclient;
  if (is_xclient && call.client && call.local)
    settings.xclient = smtp::xclient_attributes{.address = call.client->address(),
                                                .port = call.client->port(),
                                                .helo = client_.helo,
                                                .esmtp = client_.esmtp,
                                                .destination = call.local->address(),
                                                .destination_port = call.local->port()};
  dialogue_.emplace(std::move(settings));
  for (;;) {
    auto next = co_await next_step(until);
    if (std::holds_alternative<smtp::step::start_tls>(next)) {
      problem = co_await connection_.start_tls(until);
      if (!problem.empty())
        co_return problem;
      next = dialogue_->on_tls_started();
      if (auto* line = std::get_if<smtp::step::say>(&next))
        connection_.leg().stream().write(line->text);
      continue;
    }
    if (std::holds_alternative<smtp::step::ready>(next)) {
      // Clients could not be told of: neither do we go in, so that a probe sees it.
      if (is_xclient && !call.client && !dialogue_->offered().xclient.contains("ADDR"))
        lose(std::string{smtp::name(smtp::backend_fault::xclient_not_offered)});
      co_return problem_;
    }
    if (problem_.empty())
      lose("spoke out of turn");
    co_return problem_;
  }
}

std::chrono::milliseconds smtp_backend::at_most(std::chrono::milliseconds budget) const {
  return std::min(budget, connection_.limits().command);
}

io::task<smtp_backend::answer> smtp_backend::reply_within(std::chrono::milliseconds budget) {
  auto next = co_await next_step(owner_.now() + budget);
  if (auto* answered = std::get_if<smtp::step::answered>(&next))
    co_return std::move(answered->said);
  if (problem_.empty())
    lose("spoke out of turn");
  co_return std::nullopt;
}

io::task<smtp_backend::answer> smtp_backend::ask(std::string line,
                                                 std::chrono::milliseconds budget) {
  connection_.leg().stream().write(line);
  co_return co_await reply_within(at_most(budget));
}

io::task<smtp_backend::answer> smtp_backend::ask(smtp::envelope_line line) {
  if (const auto* lost = std::get_if<smtp::lost_extension>(&line))
    co_return smtp::make_reply(451, "4.3.0",
                               "The server has lost " + std::string{smtp::name(*lost)}
                                   + ", please try again later");
  co_return co_await ask(std::get<std::string>(std::move(line)), command_budget);
}

io::task<login_outcome> smtp_backend::log_in(const sasl::credentials& who) {
  using verdict = login_outcome::verdict;
  auto first = dialogue_->authenticate(who);
  if (!first) {
    lose("has no AUTH " + std::string{sasl::name(who.mech)});
    co_return login_outcome{};
  }
  connection_.leg().stream().write(first->text);
  wipe(first->text);
  const auto said = co_await reply_within(at_most(login_budget));
  if (!said)
    co_return login_outcome{};
  if (said->is_positive())
    co_return login_outcome{.came = verdict::accepted};
  if (!smtp::is_login_refusal(*said))
    co_return login_outcome{};
  co_return login_outcome{.came = verdict::refused, .token_error = dialogue_->token_error()};
}

service_facts smtp_backend::shown() const {
  service_facts facts{
      .healthy = true, .problem = {}, .features = dialogue_->offered(), .capabilities = {}};
  // Postfix announces it to us, but no more once it knows the client: no fact of the backend.
  facts.features->xclient.clear();
  return facts;
}

io::task<smtp_backend::answer> smtp_backend::reset() {
  in_transaction_ = false;
  co_return co_await ask(dialogue_->rset(), command_budget);
}

io::task<bool> smtp_backend::is_ready() {
  const bool alive = co_await is_alive();
  if (!alive || !in_transaction_)
    co_return alive;
  const auto said = co_await reset();
  co_return said && said->is_positive();
}

io::task<smtp_backend::answer> smtp_backend::mail(const smtp::mail_command& command) {
  if (in_transaction_) {
    const auto said = co_await reset();
    if (!said || !said->is_positive())
      co_return said;
  }
  auto said = co_await ask(dialogue_->mail(command));
  in_transaction_ = said && said->is_positive();
  co_return said;
}

io::task<smtp_backend::answer> smtp_backend::rcpt(const smtp::rcpt_command& command) {
  co_return co_await ask(dialogue_->rcpt(command));
}

io::task<smtp_backend::answer> smtp_backend::data() {
  auto said = co_await ask(dialogue_->data(), data_budget);
  in_content_ = said && said->is_intermediate();
  co_return said;
}

io::task<bool> smtp_backend::send_content(std::string_view wire) {
  const auto sent = co_await connection_.leg().send(wire, owner_.now() + at_most(block_budget));
  if (sent == leg::outcome::done)
    co_return true;
  lose("did not take the content");
  co_return false;
}

io::task<smtp_backend::answer> smtp_backend::content_reply() {
  dialogue_->content_sent();
  auto said = co_await reply_within(content_budget);
  in_transaction_ = in_content_ = false;
  co_return said;
}

void smtp_backend::abandon_content() {
  if (in_content_)
    lose("its content was abandoned");
}

io::task<bool> smtp_backend::is_alive() {
  if (!connection_.is_open())
    co_return false;
  if (connection_.leg().inbox().empty()) {
    const auto heard = co_await connection_.leg().fill(owner_.now());
    if (heard == leg::outcome::late)
      co_return true;
  }
  lose("spoke unasked or closed");
  co_return false;
}

void smtp_backend::part() {
  if (connection_.is_open() && dialogue_ && dialogue_->pending() == 0 && !in_content_)
    connection_.leg().stream().write(dialogue_->quit());
  connection_.close();
}

} // namespace stellwerk

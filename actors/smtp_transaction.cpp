#include "actors/smtp_transaction.hpp"

#include "actors/recipient_digest.hpp"
#include "protocol/smtp/header_inspection.hpp"

namespace stellwerk {
namespace {

using smtp::make_reply;

smtp::reply try_later() {
  return make_reply(451, "4.3.0", "Temporary problem, please try again later");
}

/// The login cannot be repeated: the client has to.
smtp::reply lost_own() {
  return make_reply(421, "4.3.0",
                    "The mail server closed the connection, please connect again");
}

} // namespace

std::unique_ptr<smtp_backend>& smtp_transaction::delivery_slot(const destination& to) const {
  return backends_.delivery[static_cast<std::size_t>(to.where)];
}

smtp_backend* smtp_transaction::at(const destination& to) const {
  return to.by_own ? backends_.own : delivery_slot(to).get();
}

smtp_backend* smtp_transaction::chosen_backend() const {
  return chosen_ ? at(*chosen_) : nullptr;
}

smtp_transaction::destination smtp_transaction::decide(const std::string& address) const {
  // What an MTA may rewrite into another domain (user%there@here, there!user@here) would escape
  // its route.
  if (const auto local = std::string_view{address}.substr(0, address.rfind('@'));
      local.find_first_of("%@!") != std::string_view::npos)
    return {.refusal = make_reply(553, "5.1.3", "Routing in the local part is not accepted")};
  if (!client_.login.empty())
    return decide_submission(address);
  const auto route = recipient_route(owner_.now_in_force().current, address);
  destination to{.where = route.to, .domain = route.domain};
  if (route.verdict == route_verdict::refuse)
    to.refusal = make_reply(550, "5.7.1", "We do not relay for this domain");
  else if (route.verdict == route_verdict::hold)
    to.refusal
        = make_reply(451, "4.3.2", "This mailbox is being moved, please try again later");
  else if (!route.listed && !owner_.current().facts->relay(route.to).refuses_strangers) {
    to.awaits_gate = true;
    to.refusal
        = make_reply(451, "4.3.0", "Not ready for this domain yet, please try again later");
  } else if (chosen_ && chosen_->where != route.to)
    to.refusal
        = make_reply(452, "4.5.3", "Please send this recipient in a separate transaction");
  return to;
}

smtp_transaction::destination
smtp_transaction::decide_submission(const std::string& address) const {
  const auto& now = owner_.now_in_force();
  const auto login
      = judge_login(*now.current.accounts, now.settings().policy.login_case, client_.login);
  const auto home = submission_route(now.current, login);
  const auto route = submitted_recipient_route(now.current, login, address);
  destination to{.where = route.to, .by_own = route.to == home.to, .domain = route.domain};
  if (route.verdict == route_verdict::refuse || !backends_.own
      || backends_.own->connection().call().where != home.to) {
    to.refusal = make_reply(451, "4.3.2", "Your mailbox has moved, please connect again");
    return to;
  }
  if (route.verdict == route_verdict::hold) {
    to.refusal
        = make_reply(451, "4.3.2", "This mailbox is being moved, please try again later");
    return to;
  }
  // All recipients of a message share one route, or the later ones wait.
  if (chosen_ && (chosen_->by_own != to.by_own || chosen_->where != to.where)) {
    to.is_straggler = true;
    to.refusal = make_reply(451, "4.3.2", "Please send this recipient in a separate message");
  }
  return to;
}

/// A backend that would take the transaction's MAIL, or has; or the reply that says why not.
io::task<std::optional<smtp::reply>> smtp_transaction::prepare_backend(const destination& to) {
  if (const auto* backend = at(to); backend != nullptr && mail_given_to_.contains(backend))
    co_return std::nullopt;
  if (to.by_own) {
    const bool alive = co_await backends_.own->is_alive();
    if (alive)
      co_return std::nullopt;
    co_return lost_own();
  }
  auto& backend = delivery_slot(to);
  if (backend && backend->connection().made_under() != owner_.current().now) {
    backend->part(); // What it is reached by may have changed.
    backend.reset();
  }
  if (backend) {
    const bool alive = co_await backend->is_alive();
    if (alive)
      co_return std::nullopt;
    backend.reset();
  }
  co_return co_await open_delivery(to);
}

io::task<std::optional<smtp::reply>> smtp_transaction::open_delivery(const destination& to) {
  const auto began = owner_.now();
  smtp_backend::introduction client{client_.helo, client_.esmtp};
  auto backend
      = std::make_unique<smtp_backend>(owner_, owner_.surroundings_ptr(), std::move(client));
  auto call = owner_.call_to(to.where, mail_protocol::smtp);
  if (!client_.login.empty()) {
    call.client.reset(); // The login vouches for it, not the address: it goes as our own.
    call.local.reset();
  }
  const auto problem = co_await backend->open(owner_.current().now, std::move(call));
  if (!problem.empty()) {
    owner_.log(log::event::backend_failed, {{"backend", text_of(to.where)}, {"why", problem}});
    co_return try_later();
  }
  owner_.log_ready(to.where, backend->connection(), began);
  owner_.learn(to.where, mail_protocol::smtp, backend->shown());
  delivery_slot(to) = std::move(backend);
  co_return std::nullopt;
}

io::task<smtp::reply> smtp_transaction::ask_backend(const destination& to,
                                                    const smtp::rcpt_command& command) {
  auto& backend = *at(to);
  smtp_backend::answer said;
  if (!mail_given_to_.contains(&backend)) {
    said = co_await backend.mail(mail_);
    if (said && !said->is_positive())
      co_return std::move(*said);
    if (said)
      mail_given_to_.insert(&backend);
  }
  if (mail_given_to_.contains(&backend))
    said = co_await backend.rcpt(command);
  if (said)
    co_return std::move(*said);
  owner_.log(log::event::backend_failed,
             {{"backend", text_of(to.where)}, {"why", backend.problem()}});
  co_return to.by_own ? lost_own() : try_later();
}

io::task<smtp::reply> smtp_transaction::rcpt(const smtp::rcpt_command& command) {
  const auto address = smtp::to_string(command.to);
  ticket counted{owner_.surroundings_ptr()};
  smtp::reply said;
  bool facts_are_fresh = false;
  for (;;) {
    const auto to = decide(address);
    if (to.awaits_gate && !std::exchange(facts_are_fresh, true)) {
      co_await owner_.refresh_standing(); // A probe may have passed since.
      continue;
    }
    if (to.refusal) {
      if (to.is_straggler)
        owner_.log(log::event::straggler, {{"login", client_.login}, {"recipient", address}});
      said = *to.refusal;
      break;
    }
    const auto deciding = owner_.current().now->epoch();
    presence coming{.kind = presence_kind::delivery,
                    .login = address,
                    .domain = to.domain,
                    .handed_in_by = client_.login,
                    .where = to.where};
    co_await owner_.enter_as(counted.number(), std::move(coming));
    if (owner_.current().now->epoch() != deciding)
      continue;
    if (auto problem = co_await prepare_backend(to)) {
      said = std::move(*problem);
      break;
    }
    if (owner_.epoch_has_changed()) {
      co_await owner_.refresh_standing();
      continue;
    }
    said = co_await ask_backend(to, command);
    if (said.is_positive()) {
      if (!chosen_)
        chosen_ = to;
      recipients_.push_back({address, to.where, std::move(counted)});
    }
    break;
  }
  if (!said.is_positive())
    owner_.log(
        log::event::recipient_refused,
        {{"recipient", address}, {"code", said.code}, {"client", owner_.client_end().text()}});
  co_return said;
}

bool smtp_transaction::routes_still_hold() const {
  for (const auto& one : recipients_) {
    const auto to = decide(one.address);
    if (to.refusal || to.where != one.where || to.by_own != chosen_->by_own)
      return false;
  }
  return true;
}

io::task<smtp::reply> smtp_transaction::data() {
  if (owner_.epoch_has_changed())
    co_await owner_.refresh_standing();
  if (!routes_still_hold())
    co_return make_reply(451, "4.3.2", "A recipient's mailbox has moved, please send again");
  if (chosen_backend() == nullptr || !chosen_backend()->in_transaction())
    co_return try_later();
  co_return make_reply(354, "", "End data with <CR><LF>.<CR><LF>");
}

} // namespace stellwerk

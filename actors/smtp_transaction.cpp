#include "actors/smtp_transaction.hpp"

#include "actors/findings/session_findings.hpp"
#include "protocol/smtp/recipient_refusal.hpp"

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
  return to.is_spare ? backends_.spare : backends_.delivery[to.where.index()];
}

smtp_backend* smtp_transaction::at(const destination& to) const {
  return to.by_own ? backends_.own : delivery_slot(to).get();
}

/// A backend that would take the transaction's MAIL, or has; or the reply that says why not.
io::task<std::optional<smtp::reply>> smtp_transaction::prepare_backend(const destination& to) {
  if (const auto* backend = at(to); backend != nullptr && mail_given_to_.contains(backend))
    co_return std::nullopt;
  if (to.by_own) {
    const bool ready = co_await backends_.own->is_ready();
    if (ready)
      co_return std::nullopt;
    co_return lost_own();
  }
  auto& backend = delivery_slot(to);
  if (backend && backend->connection().made_under() != owner_.current().now) {
    backend->part(); // What it is reached by may have changed.
    backend.reset();
  }
  if (backend) {
    const bool ready = co_await backend->is_ready();
    if (ready)
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
    note(to, traffic_kind::backend, false);
    co_return try_later();
  }
  owner_.log_ready(to.where, backend->connection(), began);
  owner_.learn(to.where, mail_protocol::smtp, backend->shown());
  delivery_slot(to) = std::move(backend);
  co_return std::nullopt;
}

/// The transaction's MAIL, once; its reply.
io::task<smtp_backend::answer> smtp_transaction::give_mail(smtp_backend& backend) {
  if (mail_given_to_.contains(&backend))
    co_return make_reply(250, "2.1.0", "Ok");
  auto said = co_await backend.mail(mail_);
  if (said && said->is_positive())
    mail_given_to_.insert(&backend);
  co_return said;
}

/// Will the queue take what another backend fails to? Its recipients are told to it when all
/// are known, so that it never has one whom its own backend refuses.
io::task<bool> smtp_transaction::prepare_spare() {
  const destination spare{.where = backend_id::queue(), .is_spare = true};
  const auto problem = co_await prepare_backend(spare);
  if (problem)
    co_return false;
  const auto said = co_await give_mail(*backends_.spare);
  co_return said && said->is_positive();
}

io::task<bool> smtp_transaction::tell_spare() {
  for (const auto& one : recipients_) {
    if (!one.to.needs_spare)
      continue;
    const auto said = co_await backends_.spare->rcpt(one.command);
    if (!said || !said->is_positive())
      co_return false;
  }
  co_return true;
}

/// Nothing: the epoch has changed while the backend took MAIL, and it was asked for nobody.
io::task<std::optional<smtp::reply>>
smtp_transaction::ask_backend(const destination& to, const smtp::rcpt_command& command) {
  auto& backend = *at(to);
  auto said = co_await give_mail(backend);
  const bool takes_mail = said && said->is_positive();
  if (takes_mail) {
    if (!to.where.is_queue() && owner_.epoch_has_changed())
      co_return std::nullopt;
    said = co_await backend.rcpt(command);
  }
  note(to, traffic_kind::backend, said.has_value());
  if (said && !takes_mail)
    co_return std::move(*said); // It is about the sender.
  if (said)
    co_return weigh(to, smtp::to_string(command.to), std::move(*said));
  owner_.log(log::event::backend_failed,
             {{"backend", text_of(to.where)}, {"why", backend.problem()}});
  co_return to.by_own ? lost_own() : try_later();
}

void smtp_transaction::note(const destination& to, traffic_kind what, bool went_well) const {
  if (!to.where.is_queue())
    owner_.surroundings().flips->note(to.domain, what, went_well);
}

/// A side's answer to the RCPT of a recipient of its own: a yes is remembered. A "no such
/// mailbox" about somebody whom the other side has taken, before the domain came here, is not
/// believed for a day; a no for another reason is.
smtp::reply smtp_transaction::weigh(const destination& to, const std::string& address,
                                    smtp::reply said) const {
  if (to.where.is_queue() || to.by_own
      || owner_.now_in_force().current.routes.find(to.domain) == nullptr)
    return said;
  auto& here = owner_.surroundings();
  const auto at = to.where.as_side();
  if (said.is_positive()) {
    note(to, traffic_kind::recipients, true);
    here.recipients.note_taken(to.domain, address, at);
    here.flips->note_taken(to.domain, address);
  } else if (said.is_permanent()) {
    note(to, traffic_kind::recipients, false);
    if (smtp::is_unknown_recipient(said)
        && here.recipients.has_taken(to.domain, address, opposite(at))
        && here.flips->is_newcomer(to.domain)) {
      here.flips->note_doubted(to.domain, address, said.to_string());
      return make_reply(450, "4.2.1", "This mailbox has just moved, please try again later");
    }
  }
  return said;
}

/// The recipients before were all of the other side; now one of the own side comes. False:
/// they stay where they are.
io::task<bool> smtp_transaction::move_to_queue() {
  const destination queue{.where = backend_id::queue()};
  const auto problem = co_await prepare_backend(queue);
  if (problem)
    co_return false;
  for (const auto& one : recipients_) {
    const auto said = co_await ask_backend(queue, one.command);
    if (!said || !said->is_positive()) {
      mail_given_to_.erase(at(queue)); // It hears RSET before it is asked again.
      co_return false;
    }
  }
  auto& behind = delivery_slot(recipients_.front().to);
  mail_given_to_.erase(behind.get());
  behind->part();
  behind.reset();
  for (auto& one : recipients_) {
    one.to = queue;
    one.counted.leave_now();
  }
  co_return true;
}

io::task<smtp::reply> smtp_transaction::rcpt(const smtp::rcpt_command& command) {
  const auto address = smtp::to_string(command.to);
  ticket counted{owner_.surroundings_ptr()};
  smtp::reply said;
  bool facts_are_fresh = false;
  bool is_straggler = false;
  bool is_held = false;
  for (;;) {
    auto to = decide(address);
    if (to.awaits_gate && !std::exchange(facts_are_fresh, true)) {
      co_await owner_.refresh_standing(); // A probe may have passed since.
      continue;
    }
    if (to.displaces && !to.refusal) {
      const bool moved = co_await move_to_queue();
      if (moved)
        continue; // That took time: decide anew.
      to.is_straggler = true;
      to.refusal = separate_message();
    }
    is_held = to.is_held;
    is_straggler = !is_held && (to.is_straggler || to.where.is_queue());
    if (to.refusal) {
      said = *to.refusal;
      break;
    }
    const auto deciding = owner_.current().now->epoch();
    co_await count(counted, address, to);
    if (owner_.current().now->epoch() != deciding)
      continue;
    if (auto problem = co_await prepare_backend(to)) {
      said = std::move(*problem);
      break;
    }
    if (to.needs_spare) {
      const bool stands_by = co_await prepare_spare();
      if (!stands_by) {
        said = separate_transaction();
        break;
      }
    }
    if (owner_.epoch_has_changed()) {
      co_await owner_.refresh_standing();
      continue;
    }
    auto answer = co_await ask_backend(to, command);
    if (!answer) {
      co_await owner_.refresh_standing();
      continue;
    }
    said = std::move(*answer);
    if (said.is_positive())
      recipients_.push_back({command, address, std::move(to), std::move(counted)});
    break;
  }
  if (!said.is_positive() && is_held)
    said = being_moved();
  if (!said.is_positive() && is_straggler) {
    // Whatever the queue has said: it is no judge of other servers' recipients.
    said = separate_message();
    owner_.log(log::event::straggler, {{"login", client_.login}, {"recipient", address}});
    note_finding(owner_, finding_kind::straggler,
                 {.domain = owner_.rules().judge_login(client_.login).judged.domain,
                  .login = client_.login,
                  .address = address,
                  .software = client_.helo,
                  .accepted = true});
  }
  if (!said.is_positive())
    owner_.log(
        log::event::recipient_refused,
        {{"recipient", address}, {"code", said.code}, {"client", owner_.client_end().text()}});
  co_return said;
}

/// Who goes to the queue is at neither side.
io::task<void> smtp_transaction::count(const ticket& counted, const std::string& address,
                                       const destination& to) {
  if (to.where.is_queue()) {
    counted.leave_now();
    co_await owner_.refresh_standing();
    co_return;
  }
  presence coming{.kind = presence_kind::delivery,
                  .login = address,
                  .domain = to.domain,
                  .handed_in_by = client_.login,
                  .where = to.where.as_side()};
  co_await owner_.enter_as(counted.number(), std::move(coming));
}

io::task<smtp::reply> smtp_transaction::data() {
  while (owner_.epoch_has_changed())
    co_await owner_.refresh_standing();
  if (!routes_still_hold())
    co_return make_reply(451, "4.3.2", "A recipient's mailbox has moved, please send again");
  for (const auto& one : receivers())
    if (one.backend == nullptr || !one.backend->in_transaction())
      co_return try_later();
  const bool stands_by = co_await tell_spare();
  if (!stands_by)
    co_return try_later();
  co_return make_reply(354, "", "End data with <CR><LF>.<CR><LF>");
}

} // namespace stellwerk

#include "actors/findings/session_findings.hpp"
#include "actors/recipient_digest.hpp"
#include "actors/smtp_transaction.hpp"
#include "protocol/accounts/sender_rule.hpp"
#include "protocol/smtp/header_inspection.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <utility>

// The content half of a transaction: everything between 354 and the reply to the final dot.
namespace stellwerk {
namespace {

using smtp::make_reply;

/// What of the content behind the header is kept before the receivers are asked: chunks may be
/// followed by RSET, and a DATA that has begun ends with its connection alone, for which a
/// login's own backend could not be asked again.
constexpr std::size_t held_octets_of_chunks = 64 * 1024;

/// Of one message; the rest is found in the next.
constexpr std::size_t most_addresses_found = 100;

smtp::reply try_later() {
  return make_reply(451, "4.3.0", "Temporary problem, please try again later");
}

} // namespace

/// While `refusal` is set, what still comes is read and thrown away.
struct smtp_transaction::passage {
  passage(smtp::framing by, std::size_t max_header_octets)
      : reader{by}, header{max_header_octets}, may_hold{by == smtp::framing::counts
                                                            ? held_octets_of_chunks
                                                            : 0} {}

  smtp::content_reader reader;
  smtp::header_collector header;
  smtp::dot_stuffer stuffer;
  std::vector<receiver> receivers;
  std::string content; ///< Normalised, not sent on yet.
  std::string held;    ///< Behind the header, until the receivers are asked.
  std::size_t may_hold = 0;
  std::string wire;
  bool begun = false; ///< The receivers have said 354.
  std::optional<smtp::reply> refusal;
};

// Here, where a passage is known.
smtp_transaction::smtp_transaction(session& owner, smtp_backends& backends, smtp_client client,
                                   smtp::mail_command mail)
    : owner_{owner}, backends_{backends}, client_{std::move(client)}, mail_{std::move(mail)} {}

smtp_transaction::~smtp_transaction() { abandon_content(); }

void smtp_transaction::abandon_content() {
  if (way_)
    for (const auto& one : way_->receivers)
      one.backend->abandon_content();
}

void smtp_transaction::begin(smtp::framing by) {
  way_ = std::make_unique<passage>(by, owner_.now_in_force().settings().limits.header);
  way_->receivers = receivers();
}

smtp::trace smtp_transaction::make_trace() const {
  const auto& surroundings = owner_.surroundings();
  smtp::trace trace{
      .helo = client_.helo,
      .client_address = owner_.client_end().address(),
      .hostname = surroundings.hostname,
      .session = owner_.id(),
      .instance = surroundings.instance,
      .extended = client_.esmtp,
      .tls = client_.tls,
      .authenticated = !client_.login.empty(),
      .smtputf8 = mail_.smtputf8,
      .received_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
      .marks = {}};
  for (const auto& one : recipients_)
    trace.marks.push_back({recipient_digest(surroundings.instance, one.address),
                           std::string{text_of(one.to.where)}});
  return trace;
}

/// What sender_binding.header says of what a login hands in; nothing: it may go on.
std::optional<smtp::reply> smtp_transaction::judge_senders(std::string_view fields) const {
  if (client_.login.empty())
    return std::nullopt;
  const auto rules = owner_.rules();
  const auto login = rules.judge_login(client_.login).judged;
  const auto [judged, exemption] = rules.judge_header(login, smtp::read_header_senders(fields));
  owner_.note_exception(exemption, client_.login);
  if (judged.field.empty())
    return std::nullopt;
  owner_.log(log::event::sender_foreign, {{"login", client_.login},
                                          {"field", judged.field},
                                          {"sender", judged.address},
                                          {"why", judged.why},
                                          {"allowed", judged.allowed},
                                          {"client", owner_.client_end().text()}});
  auto foreign = foreign_addresses(*owner_.now_in_force().current.accounts, login,
                                   smtp::read_header_senders(fields));
  if (foreign.empty())
    foreign.emplace_back(); // It is another fault.
  foreign.resize(std::min(foreign.size(), most_addresses_found));
  const auto software = mailer_of(fields, client_.helo);
  for (auto& address : foreign)
    note_finding(owner_, finding_kind::foreign_from,
                 {.domain = login.domain,
                  .login = client_.login,
                  .address = std::move(address),
                  .software = software,
                  .accepted = true});
  if (judged.allowed)
    return std::nullopt;
  return make_reply(550, "5.7.1", "Message rejected: " + judged.why);
}

/// The header is whole: judge it, then ask the backend for its 354. The epoch was compared
/// before our own 354; a recipient counted then keeps its side from being quiet until this is
/// through.
io::task<void> smtp_transaction::begin_passage(passage& way) {
  if (auto refused = judge_senders(way.header.fields())) {
    way.refusal = std::move(refused);
    co_return;
  }
  auto trace = make_trace();
  const auto loop = smtp::inspect_loop(way.header.fields(), trace.instance, trace.marks);
  if (loop != smtp::loop_verdict::no_loop) {
    owner_.log(log::event::loop_detected,
               {{"hops", loop == smtp::loop_verdict::too_many_hops}});
    way.refusal = make_reply(554, "5.4.6", "Routing loop detected");
    co_return;
  }
  if (client_.login.empty() && owner_.surroundings().probes.note_arrival(way.header.fields())) {
    way.refusal = make_reply(554, "5.7.0", "This probe has arrived, which is all it was for");
    co_return;
  }
  if (was_queued_before(way, trace)) {
    way.refusal = being_moved();
    co_return;
  }
  // The queue first: the login's own connection is not to be given up for it.
  for (auto one = way.receivers.rbegin(); one != way.receivers.rend(); ++one) {
    auto said = co_await one->backend->data();
    if (said && said->code == 354)
      continue;
    way.refusal = said && !said->is_positive() ? std::move(*said) : try_later();
    co_return;
  }
  way.begun = true;
  way.stuffer.put(smtp::received_line(trace), way.wire);
  way.stuffer.put(way.header.octets(), way.wire);
  way.header.release();
  way.stuffer.put(std::exchange(way.held, {}), way.wire);
}

io::task<void> smtp_transaction::pass_piece(passage& way) {
  if (client_.size_limit != 0 && way.reader.content_octets() > client_.size_limit
      && !way.refusal)
    way.refusal = make_reply(552, "5.3.4", "The message is larger than SIZE allows");
  std::string_view rest = way.content;
  if (!way.begun && !way.refusal) {
    const auto status = way.header.take(rest);
    if (status == smtp::header_status::too_long)
      way.refusal = make_reply(552, "5.3.4", "The header of the message is too large");
    else if (status == smtp::header_status::complete) {
      way.held += rest;
      rest = {};
      if (way.held.size() >= way.may_hold)
        co_await begin_passage(way);
    }
  }
  if (way.begun && !way.refusal) {
    way.stuffer.put(rest, way.wire);
    for (const auto& one : way.receivers) {
      const bool taken = co_await one.backend->send_content(way.wire);
      if (!taken)
        way.refusal = try_later();
    }
    way.wire.clear();
  }
  way.content.clear();
  if (way.refusal)
    abandon_content();
}

io::task<smtp::reply> smtp_transaction::content() {
  const auto patience = owner_.now_in_force().settings().limits.command;
  begin(smtp::framing::dots);
  for (;;) {
    const auto status = way_->reader.take(owner_.client().inbox().rest(), way_->content);
    if (status == smtp::content_status::end)
      break;
    co_await pass_piece(*way_);
    co_await owner_.hear_client(owner_.within(patience));
  }
  co_return co_await finish_passage(*way_);
}

io::task<void> smtp_transaction::chunk_octets(std::string_view octets) {
  if (!way_)
    begin(smtp::framing::counts);
  static_cast<void>(way_->reader.take(octets, way_->content));
  co_await pass_piece(*way_);
}

io::task<smtp::reply> smtp_transaction::chunk_end(bool is_last) {
  if (!is_last && !way_->refusal)
    co_return make_reply(250, "2.0.0", "Ok");
  if (is_last)
    way_->reader.finish(way_->content);
  co_return co_await finish_passage(*way_);
}

/// The reply to all of the content, or to what is refused before its end.
io::task<smtp::reply> smtp_transaction::finish_passage(passage& way) {
  // From here on nothing cuts the session until the reply is in.
  owner_.hold_cut(true);
  co_await pass_piece(way);
  if (!way.refusal && !way.begun && way.header.finish() == smtp::header_status::complete)
    co_await begin_passage(way);
  // What one of them said before the final dot would pass for its answer to it.
  for (const auto& one : way.receivers) {
    if (way.refusal)
      break;
    const bool alive = co_await one.backend->is_alive();
    if (!alive)
      way.refusal = try_later();
  }
  if (!way.refusal)
    way.stuffer.finish(way.wire);
  auto said = co_await ask_receivers(way);
  abandon_content();
  owner_.hold_cut(false);
  co_return said;
}

/// One after the other; those behind one that fails don't get the message, unless the spare
/// takes its place.
io::task<smtp::reply> smtp_transaction::ask_receivers(passage& way) {
  const bool has_spare = !way.receivers.empty() && way.receivers.back().is_spare;
  bool is_taken = false;
  bool needs_spare = false;
  auto said = way.refusal.value_or(smtp::reply{});
  for (const auto& one : way.receivers) {
    if (one.is_spare && !way.refusal && !needs_spare)
      break;
    if (!way.refusal)
      said = co_await ask_receiver(one, way.wire);
    log_outcome(one, said);
    if (said.is_positive()) {
      is_taken = true;
      note_early(one);
    } else if (has_spare && is_taken && said.is_temporary() && !one.where.is_queue()) {
      needs_spare = true;
    } else {
      way.refusal = said;
    }
  }
  co_return said;
}

void smtp_transaction::note_early(const receiver& by) const {
  std::map<std::string, std::size_t> early;
  for (const auto& one : recipients_)
    if (one.to.is_early && at(one.to) == by.backend)
      ++early[one.to.domain];
  for (const auto& [domain, count] : early)
    caf::anon_send(owner_.surroundings().router, early_delivery{domain, count});
}

/// The queue has had it, and hands it in again without our knowing it by its name.
bool smtp_transaction::was_queued_before(const passage& way, const smtp::trace& trace) const {
  if (!client_.login.empty())
    return false;
  auto marks = trace.marks;
  std::erase_if(marks, [](const smtp::loop_mark& mark) {
    return mark.backend != text_of(backend_id::queue());
  });
  return !marks.empty() && smtp::is_marked(way.header.fields(), trace.instance, marks);
}

/// Sends the end of the content; the reply to it.
io::task<smtp::reply> smtp_transaction::ask_receiver(const receiver& one,
                                                     std::string_view wire) {
  smtp_backend::answer answer;
  const bool sent = co_await one.backend->send_content(wire);
  if (sent)
    answer = co_await one.backend->content_reply();
  co_return answer ? std::move(*answer) : try_later();
}

void smtp_transaction::log_outcome(const receiver& one, const smtp::reply& said) const {
  owner_.log(said.is_positive()    ? log::event::message_accepted
             : said.is_temporary() ? log::event::message_deferred
                                   : log::event::message_refused,
             {{"backend", text_of(one.where)},
              {"recipients", one.recipients},
              {"octets", way_->reader.content_octets()},
              {"code", said.code},
              {"login", client_.login},
              {"client", owner_.client_end().text()}});
}

} // namespace stellwerk

#include "actors/recipient_digest.hpp"
#include "actors/smtp_transaction.hpp"
#include "protocol/smtp/header_inspection.hpp"

// The content half of a transaction: everything between 354 and the reply to the final dot.
namespace stellwerk {
namespace {

using smtp::make_reply;

} // namespace

/// While `refusal` is set, what still comes is read and thrown away.
struct smtp_transaction::passage {
  explicit passage(std::size_t max_header_octets) : header{max_header_octets} {}

  smtp::content_reader reader;
  smtp::header_collector header;
  smtp::dot_stuffer stuffer;
  std::string content; ///< Normalised, not sent on yet.
  std::string wire;
  bool begun = false; ///< The backend has said 354.
  std::optional<smtp::reply> refusal;
};

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
                           std::string{text_of(one.where)}});
  return trace;
}

/// The header is whole: judge it, then ask the backend for its 354. The epoch was compared
/// before our own 354; a recipient counted then keeps its side from being quiet until this is
/// through.
io::task<void> smtp_transaction::begin_passage(passage& way) {
  auto trace = make_trace();
  const auto loop = smtp::inspect_loop(way.header.fields(), trace.instance, trace.marks);
  if (loop != smtp::loop_verdict::no_loop) {
    owner_.log(log::event::loop_detected,
               {{"hops", loop == smtp::loop_verdict::too_many_hops}});
    way.refusal = make_reply(554, "5.4.6", "Routing loop detected");
    co_return;
  }
  auto said = co_await chosen_backend()->data();
  if (!said || said->code != 354) {
    way.refusal = said && !said->is_positive()
                      ? std::move(*said)
                      : make_reply(451, "4.3.0", "Temporary problem, please try again later");
    co_return;
  }
  way.begun = true;
  way.stuffer.put(smtp::received_line(trace), way.wire);
  way.stuffer.put(way.header.octets(), way.wire);
  way.header.release();
}

io::task<void> smtp_transaction::pass_piece(passage& way) {
  if (way.refusal) {
    way.content.clear();
    co_return;
  }
  std::string_view rest = way.content;
  if (!way.begun) {
    const auto status = way.header.take(rest);
    if (status == smtp::header_status::too_long)
      way.refusal = make_reply(552, "5.3.4", "The header of the message is too large");
    else if (status == smtp::header_status::complete)
      co_await begin_passage(way);
  }
  if (way.begun && !way.refusal) {
    way.stuffer.put(rest, way.wire);
    if (!co_await chosen_backend()->send_content(way.wire))
      way.refusal = make_reply(451, "4.3.0", "Temporary problem, please try again later");
    way.wire.clear();
  }
  way.content.clear();
}

io::task<smtp::reply> smtp_transaction::content() {
  const auto& limits = owner_.now_in_force().settings().limits;
  const auto patience = limits.command;
  passage way{limits.header};
  for (;;) {
    const auto status = way.reader.take(owner_.client().inbox().rest(), way.content);
    if (status == smtp::content_status::end)
      break;
    co_await pass_piece(way);
    co_await owner_.hear_client(owner_.within(patience));
  }
  // From here on nothing cuts the session until the reply is in.
  owner_.hold_cut(true);
  co_await pass_piece(way);
  if (!way.refusal && !way.begun && way.header.finish() == smtp::header_status::complete)
    co_await begin_passage(way);
  smtp::reply said;
  if (way.refusal) {
    said = std::move(*way.refusal);
  } else {
    way.stuffer.finish(way.wire);
    smtp_backend::answer answer;
    // What it said before the final dot would pass for its answer to it.
    bool good = co_await chosen_backend()->is_alive();
    if (good)
      good = co_await chosen_backend()->send_content(way.wire);
    if (good)
      answer = co_await chosen_backend()->content_reply();
    said = answer ? std::move(*answer)
                  : make_reply(451, "4.3.0", "Temporary problem, please try again later");
  }
  owner_.hold_cut(false);
  owner_.log(said.is_positive()    ? log::event::message_accepted
             : said.is_temporary() ? log::event::message_deferred
                                   : log::event::message_refused,
             {{"backend", text_of(chosen_->where)},
              {"recipients", recipients_.size()},
              {"octets", way.reader.content_octets()},
              {"code", said.code},
              {"login", client_.login},
              {"client", owner_.client_end().text()}});
  co_return said;
}

} // namespace stellwerk

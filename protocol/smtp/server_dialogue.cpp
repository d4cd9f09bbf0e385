#include "protocol/smtp/server_dialogue.hpp"

#include "protocol/smtp/server_verbs.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t max_errors = 20;

reply too_many_errors() { return make_reply(421, "4.7.0", "Too many errors, closing"); }

} // namespace

server_dialogue::server_dialogue(server_settings settings)
    : settings_{std::move(settings)}, lines_{settings_.max_line_octets} {
  // Whoever logs in does so under TLS; no setting turns that off.
  settings_.tls_required = settings_.tls_required || settings_.role == role::submission;
}

std::string server_dialogue::greeting() const {
  return make_reply(220, "", settings_.hostname + " ESMTP").to_string();
}

server_event server_dialogue::take(std::string_view& input) {
  if (owed_ != owed::nothing)
    return event::need_more{};
  if (errors_ >= max_errors && !refusal_)
    return close(too_many_errors());
  const auto line = lines_.take(input);
  switch (line.status) {
    case line_status::line:
      return on_line(line.text);
    case line_status::need_more:
      return event::need_more{};
    case line_status::too_long:
      return close(make_reply(500, exchange_ ? "5.5.6" : "5.5.2", "Line too long"));
    case line_status::bare_cr:
    case line_status::bare_lf:
      break;
  }
  // What we take for one command, another server might take for two.
  return close(make_reply(500, "5.5.2", "A line ends in CR LF, with neither alone"));
}

server_event server_dialogue::on_line(std::string_view line) {
  if (refusal_)
    return event::say{std::exchange(refusal_, std::nullopt)->to_string()};
  return exchange_ ? on_sasl(exchange_->on_line(line)) : server_verbs::run(*this, line);
}

server_event server_dialogue::on_sasl(sasl::step step) {
  lines_.wipe_line(); // What it held is in the step, if anywhere.
  if (const auto* challenge = std::get_if<sasl::challenge>(&step))
    return event::say{"334 " + std::string{challenge->text} + "\r\n"};
  exchange_.reset();
  if (auto* credentials = std::get_if<sasl::credentials>(&step)) {
    owed_ = owed::login;
    mech_ = credentials->mech;
    return event::authenticate{std::move(*credentials)};
  }
  switch (std::get<sasl::fault>(step)) {
    case sasl::fault::cancelled:
      return refuse(make_reply(501, "5.7.0", "Authentication cancelled"));
    case sasl::fault::refused:
      return refuse(make_reply(535, "5.7.8", "Authentication credentials invalid"));
    case sasl::fault::malformed:
      break;
  }
  return refuse(make_reply(501, "5.5.2", "Cannot decode the response"));
}

server_event server_dialogue::refuse(const reply& reply) {
  if (++errors_ >= max_errors)
    return close(too_many_errors());
  return event::say{reply.to_string()};
}

server_event server_dialogue::close(const reply& reply) {
  owed_ = owed::end;
  return event::close{reply.to_string()};
}

std::string server_dialogue::answer(const reply& reply, std::string_view error) {
  const bool done = reply.is_positive();
  const auto was_owed = std::exchange(owed_, owed::nothing);
  switch (was_owed) {
    case owed::login:
      session_.authenticated = done;
      if (reply.is_permanent()) {
        ++errors_;
        if (const auto challenge = sasl::refusal_challenge(mech_, error)) {
          refusal_ = reply;
          return "334 " + *challenge + "\r\n";
        }
      }
      break;
    case owed::mail:
      if (done)
        transaction_ = transaction{.smtputf8 = asked_smtputf8_};
      break;
    case owed::rcpt:
      if (done)
        ++transaction_->recipients;
      transaction_->deferred = transaction_->deferred || reply.is_temporary();
      break;
    case owed::data:
      if (reply.code == 354)
        owed_ = owed::content;
      break;
    case owed::rset:
      transaction_.reset();
      break;
    case owed::ehlo:
      transaction_.reset();
      if (done)
        return server_verbs::greet_back(*this).to_string();
      break;
    case owed::nothing:
    case owed::content:
    case owed::chunk:
    case owed::tls:
    case owed::end:
      owed_ = was_owed; // Nobody asked.
      break;
  }
  if (reply.code == 421)
    owed_ = owed::end;
  return reply.to_string();
}

std::string server_dialogue::content_answer(const reply& reply) {
  transaction_.reset();
  owed_ = reply.code == 421 ? owed::end : owed::nothing;
  if (reply.is_positive())
    errors_ = 0; // Who delivers may err again.
  return reply.to_string();
}

std::string_view server_dialogue::take_chunk(std::string_view& input) {
  const auto size = std::min<std::uint64_t>(chunk_left_, input.size());
  const auto octets = input.substr(0, static_cast<std::size_t>(size));
  input.remove_prefix(octets.size());
  chunk_left_ -= octets.size();
  return octets;
}

std::string server_dialogue::chunk_answer(const reply& reply) {
  if (chunk_is_last_ && transaction_ && reply.is_positive())
    errors_ = 0;
  if (transaction_ && reply.is_positive())
    transaction_->chunked = true;
  else if (transaction_)
    transaction_->failure = reply;
  if (chunk_is_last_)
    transaction_.reset();
  owed_ = reply.code == 421 ? owed::end : owed::nothing;
  return reply.to_string();
}

void server_dialogue::on_tls_started() {
  settings_.tls_active = true;
  lines_ = line_splitter{settings_.max_line_octets};
  session_ = {};
  transaction_.reset();
  exchange_.reset();
  refusal_.reset();
  owed_ = owed::nothing;
}

bool server_dialogue::is_between_commands() const {
  return owed_ == owed::nothing && !exchange_ && !refusal_ && !lines_.inside_line();
}

} // namespace stellwerk::smtp

// The server dialogue with a session that answers by what is asked: the events and replies are
// the same however the input is cut, and mail is never taken before what it needs.
#include "protocol/smtp/server_dialogue.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>
#include <string>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// Octets 0 and 1 choose the settings and the session's answers.
struct run {
  run(std::uint8_t settings, std::uint8_t answers)
      : answers_{answers}, is_submission_{(settings & 1U) != 0},
        dialogue_{{.hostname = "mx.example",
                   .role = is_submission_ ? role::submission : role::delivery,
                   .tls_active = (settings & 2U) != 0,
                   .offers_starttls = (settings & 4U) != 0,
                   .tls_required = (settings & 8U) != 0,
                   .offers_auth = (settings & 16U) != 0,
                   .size_limit = 1000,
                   .eight_bit_mime = (settings & 32U) != 0,
                   .smtputf8 = (settings & 64U) != 0,
                   .dsn = (settings & 128U) != 0,
                   .max_line_octets = 600,
                   .max_recipients = 3}} {}

  void feed(std::string_view piece) {
    while (!ended_) {
      if (dialogue_.is_content_owed() && !on_content(piece))
        return;
      if (chunk_ && !on_chunk(piece))
        return;
      if (!on_event(dialogue_.take(piece)))
        return;
    }
  }

  std::string log;

private:
  // Content is one line here; false if it goes on.
  bool on_content(std::string_view& piece) {
    const auto end = piece.find('\n');
    piece.remove_prefix(end == std::string_view::npos ? piece.size() : end + 1);
    if (end == std::string_view::npos)
      return false;
    log += "content " + dialogue_.content_answer(next_answer(250));
    return true;
  }

  // False if the chunk goes on.
  bool on_chunk(std::string_view& piece) {
    log += dialogue_.take_chunk(piece);
    if (dialogue_.chunk_octets_left() > 0)
      return false;
    const auto answer = chunk_->refusal ? *chunk_->refusal : next_answer(250);
    log += " chunk taken " + dialogue_.chunk_answer(answer);
    require(!chunk_->is_last || !dialogue_.is_transaction_open());
    chunk_.reset();
    return true;
  }

  reply next_answer(int good) {
    const bool refused = ((unsigned{answers_} >> (count_++ % 8)) & 1U) != 0;
    return refused ? make_reply(550, "5.7.1", "No") : make_reply(good, "2.0.0", "Yes");
  }

  // False: more input is needed.
  bool on_event(server_event event) {
    if (std::holds_alternative<event::need_more>(event))
      return false;
    if (const auto* said = std::get_if<event::say>(&event)) {
      require(said->text.ends_with("\r\n"));
      log += said->text;
    } else if (const auto* closed = std::get_if<event::close>(&event)) {
      log += closed->text + "closed";
      ended_ = true;
    } else if (const auto* tls = std::get_if<event::start_tls>(&event)) {
      log += tls->text;
      dialogue_.on_tls_started();
      require(dialogue_.helo_name().empty() && !dialogue_.is_transaction_open());
    } else if (const auto* login = std::get_if<event::authenticate>(&event)) {
      require(dialogue_.is_tls_active() && !dialogue_.is_authenticated());
      log += "login " + login->credentials.authcid;
      log += dialogue_.answer(next_answer(235));
    } else if (const auto* mail = std::get_if<event::mail>(&event)) {
      require(!dialogue_.is_transaction_open());
      require(!is_submission_ || (dialogue_.is_tls_active() && dialogue_.is_authenticated()));
      log += "mail " + (mail->command.from ? to_string(*mail->command.from) : "<>");
      log += dialogue_.answer(next_answer(250));
    } else if (const auto* rcpt = std::get_if<event::rcpt>(&event)) {
      require(dialogue_.is_transaction_open());
      log += "rcpt " + to_string(rcpt->command.to);
      log += dialogue_.answer(next_answer(250));
    } else if (std::holds_alternative<event::data>(event)) {
      require(dialogue_.accepted_recipients() > 0);
      log += "data " + dialogue_.answer(next_answer(354));
    } else if (const auto* chunk = std::get_if<event::chunk>(&event)) {
      require(chunk->refusal || dialogue_.accepted_recipients() > 0);
      log += chunk->refusal ? "refused chunk " : "chunk ";
      chunk_ = *chunk;
    } else {
      require(dialogue_.is_transaction_open());
      log += "reset " + dialogue_.answer(make_reply(250, "2.0.0", "OK"));
      require(!dialogue_.is_transaction_open());
    }
    return true;
  }

  std::uint8_t answers_;
  bool is_submission_;
  server_dialogue dialogue_;
  std::optional<event::chunk> chunk_;
  unsigned count_ = 0;
  bool ended_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const std::string input(data + 2, data + size);
  run whole{data[0], data[1]};
  whole.feed(input);
  for (const std::uint32_t seed : {1U, 77U}) {
    run cut{data[0], data[1]};
    fuzz::feed_sliced(input, seed, [&](std::string_view piece) { cut.feed(piece); });
    require(cut.log == whole.log);
  }
  return 0;
}

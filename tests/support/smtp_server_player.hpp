#pragma once

#include "protocol/smtp/server_dialogue.hpp"
#include "tests/support/transcript.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk::support {

/// A `server_dialogue` with a scripted client before it and a scripted session behind it. What
/// it says and asks comes out as transcript lines.
class smtp_server_player {
public:
  /// `slice`: the most octets handed in at once.
  smtp_server_player(const smtp::server_settings& settings, std::size_t slice)
      : dialogue_{settings}, slice_{slice} {}

  void send(std::string_view octets) { pending_ += octets; }

  /// Does what a `--` line tells the session to do; false if the line is no such order.
  bool obey(std::string_view order) {
    constexpr std::string_view answer = "answer ";
    constexpr std::string_view refusal = "refuse token ";
    constexpr std::string_view content_answer = "content answer ";
    constexpr std::string_view chunk_answer = "chunk answer ";
    if (order == "greeting")
      say(dialogue_.greeting());
    else if (order == "tls started")
      dialogue_.on_tls_started();
    else if (order.starts_with(answer))
      say(dialogue_.answer(read_reply(order.substr(answer.size()))));
    else if (order.starts_with(chunk_answer))
      say(dialogue_.chunk_answer(read_reply(order.substr(chunk_answer.size()))));
    else if (order.starts_with(refusal)) {
      order.remove_prefix(refusal.size());
      const auto error = order.substr(0, order.find(' '));
      say(dialogue_.answer(read_reply(order.substr(error.size() + 1)), error));
    } else if (order.starts_with(content_answer))
      say(dialogue_.content_answer(read_reply(order.substr(content_answer.size()))));
    else
      return false;
    return true;
  }

  /// The next line of the transcript that the dialogue adds; `nothing` if it waits.
  std::string next() {
    while (out_.empty()) {
      std::string_view piece{pending_};
      piece = piece.substr(0, slice_);
      const auto before = piece.size();
      std::optional<smtp::server_event> event;
      if (chunk_)
        read_chunk(piece);
      else
        event = dialogue_.take(piece);
      const auto taken = before - piece.size();
      pending_.erase(0, taken);
      if (event)
        note(*event);
      if (out_.empty() && !chunk_ && (taken == 0 || pending_.empty()))
        return "nothing";
      if (out_.empty() && chunk_ && pending_.empty() && dialogue_.chunk_octets_left() > 0)
        return "nothing";
    }
    auto line = std::move(out_.front());
    out_.pop_front();
    return line;
  }

  [[nodiscard]] const smtp::server_dialogue& dialogue() const { return dialogue_; }

private:
  static smtp::reply read_reply(std::string_view text) {
    const int code = std::stoi(std::string{text.substr(0, 3)});
    text.remove_prefix(4);
    std::string_view enhanced;
    if (text.size() > 4 && is_digit(text[0]) && text[1] == '.') {
      enhanced = text.substr(0, text.find(' '));
      text.remove_prefix(enhanced.size() + 1);
    }
    return smtp::make_reply(code, enhanced, text);
  }

  void say(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find("\r\n");
      REQUIRE(end != std::string_view::npos);
      out_.push_back("S: " + std::string{text.substr(0, end)});
      text.remove_prefix(end + 2);
    }
  }

  void read_chunk(std::string_view& piece) {
    chunk_octets_ += escape(dialogue_.take_chunk(piece));
    if (dialogue_.chunk_octets_left() > 0)
      return;
    const auto chunk = *std::exchange(chunk_, std::nullopt);
    const auto octets = std::exchange(chunk_octets_, {});
    const std::string place
        = std::string{chunk.is_first ? " first" : ""} + (chunk.is_last ? " last" : "") + ':';
    ask((chunk.refusal ? "refused chunk:" : "chunk" + place) + (octets.empty() ? "" : " ")
        + octets);
    if (chunk.refusal)
      say(dialogue_.chunk_answer(*chunk.refusal));
  }

  void ask(std::string line) { out_.push_back("-- " + std::move(line)); }

  void note(const smtp::server_event& seen) {
    namespace event = smtp::event;
    if (const auto* said = std::get_if<event::say>(&seen)) {
      say(said->text);
    } else if (const auto* tls = std::get_if<event::start_tls>(&seen)) {
      say(tls->text);
      ask("start tls, " + std::to_string(pending_.size()) + " octets left");
    } else if (const auto* login = std::get_if<event::authenticate>(&seen)) {
      std::string password{login->credentials.password.view()};
      std::ranges::replace(password, '\x01', '^');
      ask("login " + login->credentials.authcid + ' ' + password);
    } else if (const auto* mail = std::get_if<event::mail>(&seen)) {
      ask("mail " + describe(mail->command));
    } else if (const auto* rcpt = std::get_if<event::rcpt>(&seen)) {
      ask("rcpt " + describe(rcpt->command));
    } else if (std::holds_alternative<event::data>(seen)) {
      ask("data");
    } else if (const auto* chunk = std::get_if<event::chunk>(&seen)) {
      chunk_ = *chunk;
    } else if (std::holds_alternative<event::reset>(seen)) {
      ask("reset");
    } else if (const auto* closed = std::get_if<event::close>(&seen)) {
      say(closed->text);
      ask("closed");
    }
  }

  static std::string describe(const smtp::mail_command& mail) {
    auto text = mail.from ? to_string(*mail.from) : "<>";
    if (mail.size)
      text += " SIZE=" + std::to_string(*mail.size);
    if (mail.body)
      text += *mail.body == smtp::body_type::seven_bit ? " BODY=7BIT" : " BODY=8BITMIME";
    if (mail.smtputf8)
      text += " SMTPUTF8";
    if (mail.auth)
      text += " AUTH=" + *mail.auth;
    if (mail.ret)
      text += *mail.ret == smtp::returned_content::full ? " RET=FULL" : " RET=HDRS";
    if (mail.envid)
      text += " ENVID=" + *mail.envid;
    return text;
  }

  static std::string describe(const smtp::rcpt_command& rcpt) {
    auto text = to_string(rcpt.to);
    if (rcpt.notify)
      text += " NOTIFY=" + *rcpt.notify;
    if (rcpt.orcpt)
      text += " ORCPT=" + *rcpt.orcpt;
    return text;
  }

  smtp::server_dialogue dialogue_;
  std::size_t slice_;
  std::string pending_{};
  std::optional<smtp::event::chunk> chunk_{}; // Being read.
  std::string chunk_octets_{};
  std::deque<std::string> out_{};
};

/// Plays a transcript against a `server_dialogue`, with the input whole and cut in several
/// ways; the doctest case fails at the first line that differs, and if the dialogue has more to
/// say.
///
///   -- greeting                the session asks for it (a script may begin without)
///   C: EHLO client.example     what the client sends; lines in a row come in one packet
///   C| AUTH pla                octets as they are, `\r`, `\n` and `\xHH` being one octet each
///   S: 250 2.0.0 OK            what must be the next line to the client
///   -- mail max@example.org    what the session must be asked next: `mail ADDRESS ...`,
///                              `rcpt ADDRESS ...`, `data`, `reset`, `login NAME PASSWORD`
///                              (octets 1 as ^), `start tls, N octets left`, `closed`;
///                              `chunk: OCTETS` (CR and LF as `\r` and `\n`), `chunk first: `,
///                              `chunk last: `, `chunk first last: ` or `refused chunk: ` when
///                              one is whole
///   -- answer 250 2.1.0 OK     what the session hands in; `-- content answer ...` and
///                              `-- chunk answer ...` likewise
///   -- refuse token ERROR 535 5.7.8 No   the same, with what the backend said of a token
///   -- tls started             the handshake is done
inline void play(const smtp::server_settings& settings, std::string_view script) {
  constexpr std::size_t whole = 1U << 20U;
  for (const std::size_t slice : {whole, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    smtp_server_player player{settings, slice};
    for (const auto& line : read_transcript(script)) {
      CAPTURE(slice);
      CAPTURE(line.number);
      if (line.who == "C:")
        player.send(line.text + "\r\n");
      else if (line.who == "C|")
        player.send(unescape(line.text));
      else if (line.who != "--" || !player.obey(line.text))
        REQUIRE(player.next() == line.who + ' ' + line.text);
    }
    CAPTURE(slice);
    REQUIRE(player.next() == "nothing");
  }
}

} // namespace stellwerk::support

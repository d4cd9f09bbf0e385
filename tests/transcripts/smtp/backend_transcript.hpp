#pragma once

#include "protocol/smtp/backend_dialogue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::support {

/// Plays a transcript of `backend_dialogue`.
///
///   S: 250 ok             what the backend says; lines in a row arrive together
///   C: EHLO proxy         what we must say; `C (secret):` if it must be marked as such
///   -- tls started        it must have asked for TLS, which stands now
///   -- ready              it must be ready; `, with DSN` and `, without DSN` look at the
///   features
///   -- login NAME PASSWORD, mail PATH [smtputf8] [8bit], rcpt PATH, data, content sent, rset,
///      noop, quit         what the session has it do
///   -- token NAME TOKEN   the same with XOAUTH2; `cannot replay` if that is missing
///   -- error TEXT         what the backend must have said of the token
///   -- MAIL answered 250  the reply that the session must be told
///   -- gives up: WHY      and takes nothing any more
///   -- awaits EHLO, may send, may not send, lost DSN
class backend_transcript {
public:
  /// `slice`: in how many octets at once the backend's words arrive.
  backend_transcript(smtp::backend_settings settings, std::size_t slice)
      : dialogue_{std::move(settings)}, slice_{slice} {}

  void play(std::string_view script) {
    std::istringstream lines{std::string{script}};
    for (std::string line; std::getline(lines, line);) {
      line.erase(0, line.find_first_not_of(' '));
      if (line.starts_with("S:")) {
        heard_ += line.substr(std::min<std::size_t>(3, line.size())) + "\r\n";
        continue;
      }
      hear();
      INFO("at: " << line);
      if (line.starts_with("C"))
        expect(line);
      else if (line.starts_with("-- "))
        happen(line.substr(3));
      else
        REQUIRE(line.empty());
    }
    hear();
    INFO("after the last line");
    CHECK_MESSAGE(seen_.empty(), "not expected: " << (seen_.empty() ? "" : seen_.front()));
  }

private:
  void hear() {
    std::string_view rest = heard_;
    while (!rest.empty()) {
      auto piece = rest.substr(0, slice_);
      rest.remove_prefix(piece.size());
      for (;;) {
        const auto step = dialogue_.take(piece);
        if (std::holds_alternative<smtp::step::need_more>(step))
          break;
        note(step);
        if (std::holds_alternative<smtp::step::give_up>(step)) {
          heard_.clear();
          return;
        }
        if (piece.empty())
          break;
      }
    }
    heard_.clear();
  }

  void note(const smtp::backend_step& step) {
    if (const auto* said = std::get_if<smtp::step::say>(&step)) {
      REQUIRE(said->text.ends_with("\r\n"));
      seen_.push_back((said->is_secret ? "C (secret): " : "C: ")
                      + said->text.substr(0, said->text.size() - 2));
    } else if (std::holds_alternative<smtp::step::start_tls>(step)) {
      seen_.emplace_back("start tls");
    } else if (std::holds_alternative<smtp::step::ready>(step)) {
      seen_.emplace_back("ready");
    } else if (const auto* answer = std::get_if<smtp::step::answered>(&step)) {
      seen_.push_back(std::string{name(answer->to)} + " answered "
                      + std::to_string(answer->said.code));
    } else if (const auto* end = std::get_if<smtp::step::give_up>(&step)) {
      seen_.push_back("gives up: " + std::string{name(end->why)});
    }
  }

  void note(const smtp::envelope_line& line) {
    if (const auto* text = std::get_if<std::string>(&line))
      note(smtp::step::say{*text});
    else
      seen_.push_back("lost " + std::string{name(std::get<smtp::lost_extension>(line))});
  }

  void log_in(const sasl::credentials& who) {
    if (const auto first = dialogue_.authenticate(who))
      note(*first);
    else
      seen_.emplace_back("cannot replay");
  }

  void expect(const std::string& what) {
    REQUIRE_MESSAGE(!seen_.empty(), "nothing came");
    CHECK(seen_.front() == what);
    seen_.pop_front();
  }

  bool is_offered(std::string_view feature) const {
    const auto& offered = dialogue_.offered();
    return feature == "PIPELINING" ? offered.pipelining
           : feature == "8BITMIME" ? offered.eight_bit_mime
           : feature == "DSN"      ? offered.dsn
           : feature == "STARTTLS" ? offered.starttls
           : feature == "SMTPUTF8" ? offered.smtputf8
                                   : offered.auth.contains(std::string{feature});
  }

  static smtp::address read_address(const std::string& text) {
    const auto at = text.rfind('@');
    return {text.substr(0, at), text.substr(at + 1)};
  }

  void happen(const std::string& what) {
    std::istringstream words{what};
    std::string verb;
    std::string first;
    std::string second;
    words >> verb >> first >> second;
    if (what == "tls started") {
      expect("start tls");
      note(dialogue_.on_tls_started());
    } else if (what.starts_with("ready")) {
      expect("ready");
      if (what.starts_with("ready, with "))
        CHECK(is_offered(what.substr(12)));
      else if (what.starts_with("ready, without "))
        CHECK_FALSE(is_offered(what.substr(15)));
      else
        CHECK(what == "ready");
    } else if (verb == "login") {
      log_in({first, secret{second}});
    } else if (verb == "token") {
      const auto message = "user=" + first + "\x01" + "auth=Bearer " + second + "\x01\x01";
      log_in({first, secret{message}, {}, sasl::mechanism::xoauth2});
    } else if (verb == "error") {
      CHECK(dialogue_.token_error() == first);
    } else if (verb == "mail") {
      smtp::mail_command command;
      if (first != "<>")
        command.from = read_address(first);
      command.smtputf8 = second == "smtputf8";
      if (second == "8bit")
        command.body = smtp::body_type::eight_bit_mime;
      note(dialogue_.mail(command));
    } else if (verb == "rcpt") {
      note(dialogue_.rcpt({read_address(first)}));
    } else if (what == "data") {
      note(smtp::step::say{dialogue_.data()});
    } else if (what == "content sent") {
      dialogue_.content_sent();
    } else if (what == "rset") {
      note(smtp::step::say{dialogue_.rset()});
    } else if (what == "noop") {
      note(smtp::step::say{dialogue_.noop()});
    } else if (what == "quit") {
      note(smtp::step::say{dialogue_.quit()});
    } else if (verb == "awaits") {
      CHECK(dialogue_.awaiting() == what.substr(7));
    } else if (what == "may send" || what == "may not send") {
      CHECK(dialogue_.may_send() == (what == "may send"));
    } else {
      expect(what);
      if (verb == "gives") {
        std::string_view more = "220 x\r\n";
        note(dialogue_.take(more));
        expect(what);
        CHECK_FALSE(dialogue_.may_send());
      }
    }
  }

  smtp::backend_dialogue dialogue_;
  std::size_t slice_;
  std::string heard_;
  std::deque<std::string> seen_;
};

/// The backend's words arrive as they stand.
inline void play_whole(const smtp::backend_settings& settings, std::string_view script) {
  backend_transcript{settings, std::string_view::npos}.play(script);
}

/// And also cut everywhere, which must change nothing.
inline void play(const smtp::backend_settings& settings, std::string_view script) {
  play_whole(settings, script);
  for (const std::size_t slice : {1U, 2U, 3U, 7U}) {
    INFO("in slices of " << slice);
    backend_transcript{settings, slice}.play(script);
  }
}

} // namespace stellwerk::support

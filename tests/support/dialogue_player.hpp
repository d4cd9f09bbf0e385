#pragma once

#include "protocol/base/dialogue.hpp"
#include "protocol/sasl/credentials.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Transcripts of the dialogues of IMAP, POP3 and ManageSieve: `C:` what the client says, `S:`
/// what the server says, `--` what happens around it. Lines end in CRLF unless marked `C-:`;
/// `C+:` is sent together with the next line. Octets outside 0x20 to 0x7E are written `<FC>`.
///
/// As the server: orders are `-- tls started`, `-- refuse [CODE] text`, `-- refuse token ERROR
/// [CODE] text`, `-- accept TEXT`, events `-- login MECHANISM name password`, `-- start tls`,
/// `-- close`. As the client: orders are `-- tls started`, `-- log in name password`, `-- log
/// in with MECHANISM name message`, `-- log out`, events `-- start tls`, `-- ready
/// CAPABILITIES`, `-- accepted TEXT`, `-- refused [CODE] text` (`-- token ERROR` before),
/// `-- unavailable why`, `-- give up why`.
///
/// At the end `-- left OCTETS` shows input that nobody took, unless the connection ends. Each
/// transcript is played whole and cut into slices of 1, 2, 3 and 7 octets; all must match.
///
/// What differs between protocols is found by overloads beside the dialogue's name:
/// `accept(dialogue, text)`, `shown_capabilities(dialogue)`, `show_accepted(step, record)`
/// where a yes is more than its words.
namespace stellwerk::support {

inline std::string shown(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    if (c >= 0x20 && c < 0x7F) {
      text += c;
      continue;
    }
    char hex[5];
    std::snprintf(hex, sizeof hex, "<%02X>",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += hex;
  }
  return text;
}

inline std::string meant(std::string_view text) {
  std::string octets;
  while (!text.empty()) {
    const bool is_hex = text.size() >= 4 && text[0] == '<' && text[3] == '>';
    octets += is_hex ? static_cast<char>(std::stoi(std::string{text.substr(1, 2)}, nullptr, 16))
                     : text[0];
    text.remove_prefix(is_hex ? 4 : 1);
  }
  return octets;
}

inline std::vector<std::string> lines_of(std::string_view transcript) {
  std::vector<std::string> lines;
  while (!transcript.empty()) {
    auto line = transcript.substr(0, transcript.find('\n'));
    transcript.remove_prefix(std::min(transcript.size(), line.size() + 1));
    while (line.starts_with(' '))
      line.remove_prefix(1);
    if (!line.empty())
      lines.emplace_back(line);
  }
  return lines;
}

/// What really happened, in the form of a transcript.
class record {
public:
  explicit record(char we) : we_{we} {}
  void add(std::string line) { text_ += std::move(line) + '\n'; }
  void say(std::string_view octets) {
    while (!octets.empty()) {
      const auto end = octets.find("\r\n");
      const bool whole = end != std::string_view::npos;
      add(std::string{we_} + (whole ? ": " : "-: ") + shown(octets.substr(0, end)));
      octets.remove_prefix(whole ? end + 2 : octets.size());
    }
  }
  void append(const record& other) { text_ += other.text_; }
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  char we_;
  std::string text_;
};

/// We are the server.
template <class Dialogue> struct server_side {
  static constexpr char we = 'S';
  template <class Settings> explicit server_side(const Settings& s) : dialogue{s} {}

  bool obey(std::string_view order, record& happened) {
    if (order == "tls started") {
      if constexpr (std::is_void_v<decltype(dialogue.on_tls_started())>)
        dialogue.on_tls_started();
      else
        happened.say(dialogue.on_tls_started());
    } else if (order.starts_with("refuse [")) {
      const auto end = order.find(']');
      happened.say(dialogue.login_refused(order.substr(8, end - 8), order.substr(end + 2)));
    } else if (order.starts_with("refuse token ")) {
      const auto code = order.find('[');
      const auto end = order.find(']');
      happened.say(dialogue.login_refused(order.substr(code + 1, end - code - 1),
                                          order.substr(end + 2), order.substr(13, code - 14)));
    } else if (order.starts_with("accept ")) {
      happened.say(accept(dialogue, std::string{order.substr(7)}));
    } else {
      return false;
    }
    return true;
  }

  bool take(std::string_view& input, record& happened) {
    auto event = dialogue.take(input);
    std::visit([&](const auto& what) { show(what, happened); }, event);
    return !std::holds_alternative<dialogue::need_more>(event);
  }

  template <class Event> void show(const Event& what, record& happened) {
    if constexpr (std::is_same_v<Event, dialogue::say>) {
      happened.say(what.text);
    } else if constexpr (std::is_same_v<Event, dialogue::start_tls>) {
      happened.say(what.text);
      happened.add("-- start tls");
    } else if constexpr (std::is_same_v<Event, dialogue::close>) {
      happened.say(what.text);
      happened.add("-- close");
      over = true;
    } else if constexpr (!std::is_same_v<Event, dialogue::need_more>) {
      const auto mech = sasl::name(what.credentials.mech);
      happened.add("-- login " + std::string{mech.empty() ? "clear" : mech} + ' '
                   + shown(what.credentials.authcid) + ' '
                   + shown(what.credentials.password.view()));
    }
  }

  Dialogue dialogue;
  bool over = false; // What is unread then is thrown away with the connection.
};

/// We are the client.
template <class Dialogue> struct backend_side {
  static constexpr char we = 'C';
  template <class Settings> explicit backend_side(const Settings& s) : dialogue{s} {}

  bool obey(std::string_view order, record& happened) {
    if (order == "tls started") {
      note(dialogue.on_tls_started(), happened);
    } else if (order.starts_with("log in ")) {
      order.remove_prefix(7);
      auto mech = sasl::mechanism::clear;
      if (order.starts_with("with ")) {
        order.remove_prefix(5);
        mech = sasl::find_mechanism(order.substr(0, order.find(' '))).value();
        order.remove_prefix(order.find(' ') + 1);
      }
      const auto blank = order.find(' ');
      const sasl::credentials who{
          meant(order.substr(0, blank)), secret{meant(order.substr(blank + 1))}, {}, mech};
      note(dialogue.login(who), happened);
    } else if (order == "log out") {
      happened.say(dialogue.log_out().text);
    } else {
      return false;
    }
    return true;
  }

  bool take(std::string_view& input, record& happened) {
    return note(dialogue.take(input), happened);
  }

  bool note(const typename Dialogue::step& step, record& happened) {
    std::visit([&](const auto& what) { show(what, happened); }, step);
    return !std::holds_alternative<dialogue::need_more>(step);
  }

  template <class Step> void show(const Step& what, record& happened) {
    if constexpr (std::is_same_v<Step, dialogue::say>) {
      happened.say(what.text);
    } else if constexpr (std::is_same_v<Step, dialogue::start_tls>) {
      happened.add("-- start tls");
    } else if constexpr (std::is_same_v<Step, dialogue::ready_for_login>) {
      happened.add("-- ready " + shown_capabilities(dialogue));
    } else if constexpr (std::is_same_v<Step, dialogue::accepted>) {
      happened.add("-- accepted " + shown(what.text));
    } else if constexpr (std::is_same_v<Step, dialogue::refused>) {
      if (!what.error.empty())
        happened.add("-- token " + what.error);
      happened.add("-- refused [" + what.code + "] " + what.text);
    } else if constexpr (std::is_same_v<Step, dialogue::unavailable>) {
      happened.add("-- unavailable " + what.why);
      over = true;
    } else if constexpr (std::is_same_v<Step, dialogue::give_up>) {
      happened.add("-- give up " + what.why);
      over = true;
    } else if constexpr (!std::is_same_v<Step, dialogue::need_more>) {
      show_accepted(what, happened);
    }
  }

  Dialogue dialogue;
  bool over = false; // What is unread then is thrown away with the connection.
};

/// Hands `octets` over behind what was left unread before.
template <class Side>
void feed(Side& side, std::string& unread, std::string_view octets, record& happened) {
  unread += octets;
  std::string_view rest = unread;
  while (side.take(rest, happened)) {
  }
  unread = std::string{rest};
}

template <class Side, class Settings>
std::string play_sliced(const Settings& settings, const std::vector<std::string>& lines,
                        std::size_t slice) {
  constexpr char peer = Side::we == 'S' ? 'C' : 'S';
  Side side{settings};
  record happened{Side::we};
  std::string pending;
  std::string unread;
  for (const auto& line : lines) {
    const auto text = std::string_view{line}.substr(std::min(line.size(), line.find(' ') + 1));
    if (line.starts_with("-- ")) {
      record answer{Side::we};
      if (side.obey(text, answer)) {
        happened.add(line);
        happened.append(answer);
        feed(side, unread, "", happened);
      }
    } else if (line[0] == peer) {
      happened.add(line);
      pending += meant(text) + (line[1] == '-' ? "" : "\r\n");
      for (; line[1] != '+' && !pending.empty();
           pending.erase(0, std::min(slice, pending.size())))
        feed(side, unread, std::string_view{pending}.substr(0, slice), happened);
    }
  }
  if (!unread.empty() && !side.over)
    happened.add("-- left " + shown(unread));
  return happened.text();
}

template <class Side, class Settings>
void play_all(const Settings& settings, std::string_view transcript) {
  const auto lines = lines_of(transcript);
  std::string wanted;
  for (const auto& line : lines)
    wanted += line + '\n';
  for (const std::size_t slice : {1000000U, 1U, 2U, 3U, 7U}) {
    CAPTURE(slice);
    CHECK(play_sliced<Side>(settings, lines, slice) == wanted);
  }
}

} // namespace stellwerk::support

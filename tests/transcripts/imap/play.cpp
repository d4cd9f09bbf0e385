#include "tests/transcripts/imap/play.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace stellwerk::imap::test {
namespace {

std::string shown(std::string_view octets) {
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

std::string meant(std::string_view text) {
  std::string octets;
  while (!text.empty()) {
    const bool is_hex = text.size() >= 4 && text[0] == '<' && text[3] == '>';
    octets += is_hex ? static_cast<char>(std::stoi(std::string{text.substr(1, 2)}, nullptr, 16))
                     : text[0];
    text.remove_prefix(is_hex ? 4 : 1);
  }
  return octets;
}

std::vector<std::string> lines_of(std::string_view transcript) {
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

struct server_side {
  static constexpr char we = 'S';
  explicit server_side(const server_settings& settings) : dialogue{settings} {}

  bool obey(std::string_view order, record& happened) {
    if (order == "tls started")
      dialogue.on_tls_started();
    else if (order.starts_with("refuse [")) {
      const auto end = order.find(']');
      happened.say(dialogue.login_refused(order.substr(8, end - 8), order.substr(end + 2)));
    } else if (order.starts_with("refuse token ")) {
      const auto code = order.find('[');
      const auto end = order.find(']');
      happened.say(dialogue.login_refused(order.substr(code + 1, end - code - 1),
                                          order.substr(end + 2), order.substr(13, code - 14)));
    } else if (order.starts_with("accept "))
      happened.say(dialogue.login_accepted({"", std::string{order.substr(7)}, {}}));
    else
      return false;
    return true;
  }

  bool take(std::string_view& input, record& happened) {
    auto event = dialogue.take(input);
    if (const auto* said = std::get_if<say>(&event))
      happened.say(said->text);
    else if (const auto* tls = std::get_if<start_tls>(&event)) {
      happened.say(tls->text);
      happened.add("-- start tls");
    } else if (const auto* closed = std::get_if<close>(&event)) {
      happened.say(closed->text);
      happened.add("-- close");
      over = true;
    } else if (const auto* asked = std::get_if<login>(&event)) {
      const auto mech = sasl::name(asked->credentials.mech);
      happened.add("-- login " + std::string{mech.empty() ? "clear" : mech} + ' '
                   + shown(asked->credentials.authcid) + ' '
                   + shown(asked->credentials.password.view()));
    }
    return !std::holds_alternative<need_more>(event);
  }

  server_dialogue dialogue;
  bool over = false; // What is unread then is thrown away with the connection.
};

struct backend_side {
  static constexpr char we = 'C';
  explicit backend_side(const backend_settings& settings) : dialogue{settings} {}

  bool obey(std::string_view order, record& happened) {
    if (order == "tls started")
      show(dialogue.on_tls_started(), happened);
    else if (order.starts_with("log in ")) {
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
      show(dialogue.login(who), happened);
    } else if (order == "log out")
      happened.say(dialogue.log_out().text);
    else
      return false;
    return true;
  }

  bool take(std::string_view& input, record& happened) {
    return show(dialogue.take(input), happened);
  }

  bool show(const backend_dialogue::step& step, record& happened) {
    if (const auto* said = std::get_if<say>(&step))
      happened.say(said->text);
    else if (std::holds_alternative<start_tls>(step))
      happened.add("-- start tls");
    else if (std::holds_alternative<ready_for_login>(step))
      happened.add("-- ready " + dialogue.capabilities().text());
    else if (const auto* yes = std::get_if<accepted>(&step)) {
      for (const auto& line : lines_of(yes->answer.untagged)) {
        REQUIRE(line.ends_with('\r'));
        happened.add("-- passes " + shown(std::string_view{line}.substr(0, line.size() - 1)));
      }
      happened.add("-- accepted " + shown(yes->answer.status));
    } else if (const auto* no = std::get_if<refused>(&step)) {
      if (!no->error.empty())
        happened.add("-- token " + no->error);
      happened.add("-- refused [" + no->code + "] " + no->text);
    } else if (const auto* later = std::get_if<unavailable>(&step))
      happened.add("-- unavailable " + later->why);
    else if (const auto* lost = std::get_if<give_up>(&step))
      happened.add("-- give up " + lost->why);
    over = over || std::holds_alternative<unavailable>(step)
           || std::holds_alternative<give_up>(step);
    return !std::holds_alternative<need_more>(step);
  }

  backend_dialogue dialogue;
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

template <class Settings> struct side_for;
template <> struct side_for<server_settings> { using type = server_side; };
template <> struct side_for<backend_settings> { using type = backend_side; };

template <class Settings>
std::string play_sliced(const Settings& settings, const std::vector<std::string>& lines,
                        std::size_t slice) {
  using side_type = typename side_for<Settings>::type;
  constexpr char peer = side_type::we == 'S' ? 'C' : 'S';
  side_type side{settings};
  record happened{side_type::we};
  std::string pending;
  std::string unread;
  for (const auto& line : lines) {
    const auto text = std::string_view{line}.substr(std::min(line.size(), line.find(' ') + 1));
    if (line.starts_with("-- ")) {
      record answer{side_type::we};
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

template <class Settings> void play_all(const Settings& settings, std::string_view transcript) {
  const auto lines = lines_of(transcript);
  std::string wanted;
  for (const auto& line : lines)
    wanted += line + '\n';
  for (const std::size_t slice : {1000000U, 1U, 2U, 3U, 7U}) {
    CAPTURE(slice);
    CHECK(play_sliced(settings, lines, slice) == wanted);
  }
}

} // namespace

void play(const server_settings& settings, std::string_view transcript) {
  play_all(settings, transcript);
}

void play(const backend_settings& settings, std::string_view transcript) {
  play_all(settings, transcript);
}

} // namespace stellwerk::imap::test

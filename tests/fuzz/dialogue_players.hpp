#pragma once

#include "protocol/base/dialogue.hpp"
#include "protocol/base/safe_point_tracker.hpp"
#include "protocol/sasl/credentials.hpp"
#include "tests/fuzz/sliced.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>

/// Plays what a peer sends through the dialogues of POP3 and ManageSieve. The first octet picks
/// settings, the rest is what the peer sends; however it is cut, the events are the same.
namespace stellwerk::fuzz {

inline void check(bool holds) {
  if (!holds)
    std::abort();
}

/// We are the server. Every other login is accepted, which ends the dialogue.
template <class Dialogue> class server_player {
public:
  template <class Settings>
  explicit server_player(const Settings& settings) : dialogue_{settings} {}

  void feed(std::string_view octets) {
    unread_ += octets;
    std::string_view rest = unread_;
    while (!over_ && take(rest)) {
    }
    unread_ = std::string{rest};
  }

  [[nodiscard]] std::string happened() const {
    return accepted_ ? happened_ + "left: " + unread_ : happened_;
  }

private:
  bool take(std::string_view& rest) {
    auto event = dialogue_.take(rest);
    std::visit([this](const auto& what) { note(what); }, event);
    return !std::holds_alternative<dialogue::need_more>(event);
  }

  // `start_tls` is not noted: whether clear octets behind it are seen at once depends on the
  // cut; that they close the connection does not.
  template <class Event> void note(const Event& what) {
    if constexpr (std::is_same_v<Event, dialogue::say>) {
      check(what.text.ends_with("\r\n"));
      happened_ += what.text;
    } else if constexpr (std::is_same_v<Event, dialogue::close>) {
      happened_ += what.text + "close\n";
      over_ = true;
    } else if constexpr (requires { what.credentials; }) {
      const auto& who = what.credentials;
      check(sasl::may_be_replayed(who.authcid, who.password.view()) && who.authzid.empty());
      happened_ += "login " + who.authcid + ' ' + std::string{who.password.view()} + '\n';
      over_ = accepted_ = ++logins_ % 2 == 0;
      happened_ += over_ ? dialogue_.login_accepted("in") : dialogue_.login_refused("X", "no");
    }
  }

  Dialogue dialogue_;
  std::string unread_;
  std::string happened_;
  unsigned logins_ = 0;
  bool over_ = false;
  bool accepted_ = false;
};

/// We are the client, log in up to three times, then leave.
template <class Dialogue> class backend_player {
public:
  template <class Settings>
  explicit backend_player(const Settings& settings) : dialogue_{settings} {}

  void feed(std::string_view octets) {
    unread_ += octets;
    std::string_view rest = unread_;
    while (!over_ && take(rest)) {
    }
    unread_ = std::string{rest};
  }

  [[nodiscard]] std::string happened() const {
    return accepted_ ? happened_ + "left: " + unread_ : happened_;
  }

private:
  using step = typename Dialogue::step;

  bool take(std::string_view& rest) {
    const auto next = dialogue_.take(rest);
    perform(next);
    return !std::holds_alternative<dialogue::need_more>(next);
  }

  void perform(const step& next) {
    std::visit([this](const auto& what) { note(what); }, next);
  }

  template <class Step> void note(const Step& what) {
    if constexpr (std::is_same_v<Step, dialogue::say>) {
      check(what.text.ends_with("\r\n"));
      happened_ += what.text;
    } else if constexpr (std::is_same_v<Step, dialogue::ready_for_login>) {
      happened_ += "ready\n";
      log_in();
    } else if constexpr (std::is_same_v<Step, dialogue::refused>) {
      happened_ += "refused " + what.code + what.text + '\n';
      log_in();
    } else if constexpr (requires { what.why; }) {
      happened_ += "over " + what.why;
      over_ = true;
    } else if constexpr (requires { what.text.size() <= 200; }
                         && !std::is_same_v<Step, dialogue::start_tls>) {
      check(what.text.size() <= 200);
      happened_ += "accepted " + what.text + '\n';
      over_ = accepted_ = true;
    }
  }

  void log_in() {
    if (++logins_ > 3) {
      happened_ += dialogue_.log_out().text;
      return;
    }
    const char* password = logins_ == 2 ? "a\rb" : "p\"\\\xE4";
    perform(dialogue_.login({"m\xFCller", secret{password}, {}, sasl::mechanism::clear}));
  }

  Dialogue dialogue_;
  std::string unread_;
  std::string happened_;
  unsigned logins_ = 0;
  bool over_ = false;
  bool accepted_ = false;
};

/// `settings_of` makes the player's settings of the first octet.
template <class Player, class SettingsOf>
void play_whole_and_cut(const std::uint8_t* data, std::size_t size, SettingsOf settings_of) {
  if (size == 0)
    return;
  const std::string input(data + 1, data + size);
  Player whole{settings_of(data[0])};
  whole.feed(input);
  Player cut{settings_of(data[0])};
  feed_sliced(input, static_cast<std::uint32_t>(size * 31 + data[0]),
              [&](std::string_view piece) { cut.feed(piece); });
  check(whole.happened() == cut.happened());
}

/// Pieces between NULs are sent in turn by the client and by the backend. However each is cut,
/// the tracker knows the same behind it; and what it must never do, it never does.
template <class Tracker> void track_whole_and_cut(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  std::string_view input = octets;
  Tracker whole;
  Tracker cut;
  std::string client;
  std::string backend;
  bool from_client = true;
  for (std::uint32_t turn = 0; !input.empty(); ++turn, from_client = !from_client) {
    const auto piece = input.substr(0, input.find('\0'));
    input.remove_prefix(std::min(input.size(), piece.size() + 1));
    from_client ? whole.on_client(piece) : whole.on_backend(piece);
    feed_sliced(piece, static_cast<std::uint32_t>(size) + turn, [&](auto slice) {
      from_client ? cut.on_client(slice) : cut.on_backend(slice);
    });
    check(whole.at_safe_point() == cut.at_safe_point() && whole.lost() == cut.lost());
    check(whole.logged_out() == cut.logged_out() && whole.forbidden() == cut.forbidden());
    check(whole.outstanding() == cut.outstanding());
    (from_client ? client : backend) += piece;
    if (!whole.at_safe_point())
      continue;
    check(!whole.lost() && !whole.logged_out() && !whole.forbidden());
    check(whole.outstanding() == 0);
    for (const std::string_view sent : {client, backend})
      check(sent.empty() || sent.ends_with("\r\n"));
  }
}

} // namespace stellwerk::fuzz

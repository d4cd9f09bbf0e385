// The first octet picks settings, the rest is what a client sends. Every other login is
// accepted, which ends the dialogue. However the octets are cut, the events are the same.
#include "protocol/imap/server_dialogue.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>

using namespace stellwerk;

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

class player {
public:
  explicit player(unsigned settings_octet) : dialogue_{settings(settings_octet)} {}

  void feed(std::string_view octets) {
    unread_ += octets;
    std::string_view rest = unread_;
    while (!over_ && take(rest)) {
    }
    unread_ = std::string{rest};
  }

  [[nodiscard]] std::string happened() const {
    return over_with_rest_ ? happened_ + "left: " + unread_ : happened_;
  }

private:
  static imap::server_settings settings(unsigned octet) {
    imap::server_settings chosen;
    chosen.tls_active = (octet & 1U) != 0;
    chosen.offers_starttls = (octet & 2U) != 0;
    if ((octet & 4U) != 0) {
      chosen.max_line_octets = 64;
      chosen.max_literal_octets = 16;
    }
    return chosen;
  }

  bool take(std::string_view& rest) {
    auto event = dialogue_.take(rest);
    check(dialogue_.client_id().size() <= 128);
    if (const auto* said = std::get_if<imap::say>(&event)) {
      check(said->text.ends_with("\r\n"));
      happened_ += said->text;
    } else if (const auto* closed = std::get_if<imap::close>(&event)) {
      happened_ += closed->text + "close\n";
      over_ = true;
    } else if (const auto* asked = std::get_if<imap::login>(&event)) {
      const auto& who = asked->credentials;
      check(sasl::may_be_replayed(who.authcid, who.password.view()) && who.authzid.empty());
      happened_ += "login " + who.authcid + ' ' + std::string{who.password.view()} + '\n';
      over_ = over_with_rest_ = ++logins_ % 2 == 0;
      happened_ += over_ ? dialogue_.login_accepted({"", "OK in", {}})
                         : dialogue_.login_refused("AUTHENTICATIONFAILED", "no");
    }
    // `start_tls` is not noted: whether clear octets behind it are seen at once depends on the
    // cut; that they close the connection does not.
    return !std::holds_alternative<imap::need_more>(event);
  }

  imap::server_dialogue dialogue_;
  std::string unread_;
  std::string happened_;
  unsigned logins_ = 0;
  bool over_ = false;
  bool over_with_rest_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string input(data + 1, data + size);
  player whole{data[0]};
  whole.feed(input);
  player cut{data[0]};
  fuzz::feed_sliced(input, static_cast<std::uint32_t>(size * 31 + data[0]),
                    [&](std::string_view piece) { cut.feed(piece); });
  check(whole.happened() == cut.happened());
  return 0;
}

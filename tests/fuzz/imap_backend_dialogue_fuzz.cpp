// The first octet picks settings, the rest is what a backend sends. However the octets are cut,
// the steps are the same.
#include "protocol/imap/backend_dialogue.hpp"
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
    while (!over_ && note(dialogue_.take(rest))) {
    }
    unread_ = std::string{rest};
  }

  [[nodiscard]] std::string happened() const {
    return accepted_ ? happened_ + "left: " + unread_ : happened_;
  }

private:
  static imap::backend_settings settings(unsigned octet) {
    imap::backend_settings chosen;
    chosen.tls = (octet & 1U) != 0 ? imap::backend_tls::starttls : imap::backend_tls::implicit;
    if ((octet & 2U) != 0)
      chosen.id_fields = {{"x-originating-ip", "192.0.2.1"}};
    if ((octet & 4U) != 0) {
      chosen.max_line_octets = 100;
      chosen.max_untagged_octets = 200;
    }
    return chosen;
  }

  void log_in() {
    if (++logins_ > 2) {
      happened_ += dialogue_.log_out().text;
      return;
    }
    const sasl::credentials who{"m\xFCller", secret{"p\"\\\xE4"}, {}, sasl::mechanism::clear};
    note(dialogue_.login(who));
  }

  bool note(imap::backend_dialogue::step step) {
    if (const auto* said = std::get_if<imap::say>(&step)) {
      check(said->text.ends_with("\r\n"));
      happened_ += said->text;
    } else if (std::holds_alternative<imap::ready_for_login>(step)) {
      happened_ += "ready " + dialogue_.capabilities().text() + '\n';
      log_in();
    } else if (const auto* yes = std::get_if<imap::accepted>(&step)) {
      check(yes->answer.untagged.empty() || yes->answer.untagged.ends_with("\r\n"));
      check(yes->answer.status.starts_with("OK "));
      check(yes->answer.status.find('\n') == std::string::npos);
      happened_ += yes->answer.untagged + yes->answer.status + '\n';
      over_ = accepted_ = true;
    } else if (const auto* no = std::get_if<imap::refused>(&step)) {
      happened_ += "refused " + no->code + no->text + '\n';
      log_in();
    } else if (const auto* later = std::get_if<imap::unavailable>(&step)) {
      happened_ += "unavailable " + later->why;
      over_ = true;
    } else if (const auto* lost = std::get_if<imap::give_up>(&step)) {
      happened_ += "give up " + lost->why;
      over_ = true;
    }
    // `start_tls` is not noted: whether clear octets behind it are seen at once depends on the
    // cut; that they end the dialogue does not.
    return !std::holds_alternative<imap::need_more>(step);
  }

  imap::backend_dialogue dialogue_;
  std::string unread_;
  std::string happened_;
  unsigned logins_ = 0;
  bool over_ = false;
  bool accepted_ = false;
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

#include "protocol/smtp/backend_dialogue.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

// A session that does what the steps ask and writes down what it saw.
class session {
public:
  explicit session(const backend_settings& settings)
      : dialogue_{settings}, settings_{settings} {}

  void hear(std::string_view piece) {
    while (!over_) {
      const auto step = dialogue_.take(piece);
      if (std::holds_alternative<step::need_more>(step))
        return;
      on_step(step);
    }
  }

  std::vector<std::string> seen{};

private:
  void on_step(const backend_step& step) {
    if (const auto* said = std::get_if<step::say>(&step)) {
      say(said->text);
    } else if (std::holds_alternative<step::start_tls>(step)) {
      if (settings_.tls != backend_tls::starttls || std::exchange(tls_, true))
        std::abort();
      const auto next = dialogue_.on_tls_started();
      say(std::get<step::say>(next).text);
    } else if (std::holds_alternative<step::ready>(step)) {
      if (std::exchange(ready_, true) || (settings_.tls == backend_tls::starttls && !tls_)
          || (settings_.xclient && !xclient_))
        std::abort();
      if (settings_.authenticates)
        log_in();
      else
        transact();
    } else if (const auto* answer = std::get_if<step::answered>(&step)) {
      seen.push_back(std::string{name(answer->to)} + ' ' + answer->said.to_string());
      if (answer->to == backend_command::authenticate)
        transact();
    } else {
      seen.emplace_back(name(std::get<step::give_up>(step).why));
      over_ = true;
    }
  }

  void say(const std::string& line) {
    if (line.size() < 3 || line.size() > 512 || line.find('\n') != line.size() - 1)
      std::abort();
    // The login only after all that the settings ask for.
    if (line.find("AUTH ") == 0 && !ready_)
      std::abort();
    xclient_
        = xclient_ || line.starts_with("XCLIENT ADDR=") || line.starts_with("XCLIENT NAME=");
    seen.push_back(line);
  }

  void log_in() {
    const auto first = dialogue_.authenticate({"max", secret{"secret"}});
    if (first)
      say(first->text);
    else
      transact();
  }

  void transact() {
    static_cast<void>(dialogue_.mail({}));
    static_cast<void>(dialogue_.rcpt({{"max", "example.org"}}));
    say(dialogue_.data());
    dialogue_.content_sent();
    say(dialogue_.quit());
  }

  backend_dialogue dialogue_;
  backend_settings settings_;
  bool tls_ = false;
  bool xclient_ = false;
  bool ready_ = false;
  bool over_ = false;
};

} // namespace

// Whatever a backend says: no step out of order, nothing sent that is no line. Its replies come
// line by line; where a line is cut changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  backend_settings settings{"proxy.example"};
  settings.tls = (data[0] & 1U) != 0 ? backend_tls::starttls : backend_tls::none;
  if ((data[0] & 2U) != 0)
    settings.xclient = xclient_attributes{"2001:db8::1", 4321, "client.example", true};
  settings.authenticates = (data[0] & 4U) != 0;
  const std::string octets(data + 1, data + size);

  const auto by_line = [&](auto hear) {
    for (std::string_view rest = octets; !rest.empty();) {
      const auto end = rest.find('\n');
      const auto line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
      rest.remove_prefix(line.size());
      hear(line);
    }
  };
  session whole{settings};
  by_line([&](std::string_view line) { whole.hear(line); });
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    session cut{settings};
    by_line([&](std::string_view line) {
      fuzz::feed_sliced(line, seed, [&](std::string_view piece) { cut.hear(piece); });
    });
    if (cut.seen != whole.seen)
      std::abort();
  }
  session at_once{settings}; // May give up where the others do not: a reply was not alone.
  at_once.hear(octets);
  return 0;
}

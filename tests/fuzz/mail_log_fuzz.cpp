// Whatever a log holds and however it is cut, the same events come of it, within the limits.
#include "protocol/logs/mail_log_reader.hpp"
#include "tests/fuzz/sliced.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace stellwerk;

namespace {

constexpr logs::time_point now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

void require(bool holds) {
  if (!holds)
    std::abort();
}

class watcher {
public:
  void feed(std::string_view piece) {
    while (!piece.empty()) {
      auto event = reader_.take(piece);
      require(event.has_value() || piece.empty());
      if (event)
        note(std::move(*event));
    }
  }

  bool operator==(const watcher& other) const {
    return events_ == other.events_ && reader_.lines() == other.reader_.lines()
           && reader_.unreadable() == other.reader_.unreadable()
           && reader_.octets() == other.reader_.octets();
  }

  void check(std::string_view input) const {
    const auto lines = std::count(input.begin(), input.end(), '\n');
    const auto whole = input.rfind('\n') + 1; // Without one it is 0.
    require(reader_.lines() == static_cast<std::uint64_t>(lines));
    require(reader_.octets() == whole);
    require(reader_.unreadable() + events_.size() <= reader_.lines());
  }

private:
  void note(logs::mail_event event) {
    require(event.when <= now && event.service.size() <= 64);
    require(event.login.size() <= logs::mail_log_reader::longest_login);
    require(!event.login.empty() || (event.without_tls && !event.accepted));
    require(event.what == logs::mail_event::kind::message || event.sender.empty());
    events_.push_back(std::move(event));
  }

  logs::mail_log_reader reader_{
      now, [](logs::wall_time at) { return logs::time_point{at.time_since_epoch()}; }};
  std::vector<logs::mail_event> events_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  watcher whole;
  whole.feed(input);
  whole.check(input);
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    watcher sliced;
    fuzz::feed_sliced(input, seed, [&](std::string_view piece) { sliced.feed(piece); });
    require(sliced == whole);
  }
  return 0;
}

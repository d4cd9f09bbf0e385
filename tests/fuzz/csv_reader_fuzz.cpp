#include "protocol/base/csv_reader.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

using namespace stellwerk;

namespace {

constexpr std::size_t limit = 64;

struct seen {
  csv_status status;
  int line;
  int column;
  std::vector<csv_field> fields;
  bool operator==(const seen&) const = default;
};

class watcher {
public:
  void feed(std::string_view piece) {
    while (!piece.empty()) {
      const auto before = piece.size();
      note(reader_.take(piece));
      if (piece.size() == before)
        std::abort(); // No progress.
    }
  }

  std::vector<seen> finish() {
    note(reader_.finish());
    if (reader_.finish().status != csv_status::need_more)
      std::abort();
    return std::move(events_);
  }

private:
  void note(const csv_event& event) {
    if (event.status == csv_status::need_more)
      return;
    if (event.status == csv_status::record) {
      std::size_t octets = 0;
      for (const auto& field : reader_.fields()) {
        octets += field.text.size();
        if (field.line != event.line || field.text.find('\n') != std::string::npos)
          std::abort();
      }
      if (reader_.fields().empty() || octets > limit)
        std::abort();
      events_.push_back({event.status, event.line, event.column, reader_.fields()});
    } else {
      events_.push_back({event.status, event.line, event.column, {}});
    }
  }

  csv_reader reader_{limit};
  std::vector<seen> events_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  watcher whole;
  whole.feed(input);
  const auto expected = whole.finish();
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    watcher sliced;
    fuzz::feed_sliced(input, seed, [&](std::string_view piece) { sliced.feed(piece); });
    if (sliced.finish() != expected)
      std::abort();
  }
  return 0;
}

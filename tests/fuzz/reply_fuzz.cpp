#include "protocol/smtp/reply.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>

using namespace stellwerk::smtp;

namespace {

struct events {
  std::vector<reply> replies{};
  reply_status end = reply_status::need_more;
  bool operator==(const events&) const = default;
};

void feed(reply_parser& parser, std::string_view piece, events& seen) {
  for (;;) {
    auto event = parser.take(piece);
    if (event.status != reply_status::reply) {
      seen.end = event.status;
      return;
    }
    seen.replies.push_back(std::move(event.value));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  const reply_limits limits{.line = 64, .lines = 5, .octets = 200};
  events whole;
  reply_parser parser{limits};
  feed(parser, octets, whole);
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    events cut;
    reply_parser again{limits};
    stellwerk::fuzz::feed_sliced(octets, seed,
                                 [&](std::string_view piece) { feed(again, piece, cut); });
    if (cut != whole)
      std::abort();
  }
  // What we pass on reads back as the very same reply.
  for (const auto& one : whole.replies) {
    const auto wire = one.to_string();
    events back;
    reply_parser reader;
    feed(reader, wire, back);
    if (back != events{{one}, reply_status::need_more})
      std::abort();
  }
  return 0;
}

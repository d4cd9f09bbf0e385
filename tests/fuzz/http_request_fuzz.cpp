#include "protocol/http/request_reader.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <tuple>

using namespace stellwerk;

namespace {

constexpr std::size_t limit = 64;

struct watcher {
  http::request_reader reader{limit};
  http::request_status last = http::request_status::need_more;
  std::size_t taken = 0;

  void feed(std::string_view piece) {
    const auto before = piece.size();
    last = reader.take(piece);
    taken += before - piece.size();
    if (last == http::request_status::need_more && !piece.empty())
      std::abort(); // No progress.
  }

  [[nodiscard]] std::tuple<http::request_status, http::request, std::size_t> result() const {
    const auto& read = reader.read();
    if (taken > limit
        || (last == http::request_status::complete && !read.path.starts_with('/')))
      std::abort();
    const bool complete = last == http::request_status::complete;
    return {last, read, complete ? taken : 0};
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  watcher whole;
  whole.feed(input);
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    watcher sliced;
    fuzz::feed_sliced(input, seed, [&](std::string_view piece) { sliced.feed(piece); });
    if (sliced.result() != whole.result())
      std::abort();
  }
  return 0;
}

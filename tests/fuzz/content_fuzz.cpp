#include "tests/fuzz/sliced.hpp"
#include "tests/support/smtp_content.hpp"

#include <cstdlib>

using namespace stellwerk;
using namespace stellwerk::support;

// Any octets after DATA: read as promised however they are cut, and what goes on to a backend
// is one message with the same content for strict and for lenient receivers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wire = std::string(data, data + size) + "\r\n.\r\n";
  const auto promised = promised_content(wire);
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    smtp::content_reader reader;
    content_outcome seen;
    const auto feed = [&](std::string_view piece) {
      if (!seen.ended)
        seen.ended = reader.take(piece, seen.content) == smtp::content_status::end;
      seen.rest += piece;
    };
    if (seed == 0)
      feed(wire);
    else
      fuzz::feed_sliced(wire, seed, feed);
    if (seen != promised || reader.content_octets() != seen.content.size())
      std::abort();
  }
  std::string stuffed;
  smtp::dot_stuffer stuffer;
  fuzz::feed_sliced(promised.content, 1,
                    [&](std::string_view piece) { stuffer.put(piece, stuffed); });
  stuffer.finish(stuffed);
  for (const auto& receiver : receivers)
    if (receive(stuffed, receiver) != content_outcome{true, promised.content, ""})
      std::abort();
  return 0;
}

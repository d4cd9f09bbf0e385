#include "tests/fuzz/sliced.hpp"
#include "tests/support/smtp_content.hpp"

#include <cstdlib>

using namespace stellwerk;
using namespace stellwerk::support;

// Any octets after DATA, and in the chunks of BDAT: read as promised however they are cut, and
// what goes on to a backend is one message with the same content for strict and for lenient
// receivers.
namespace {

void require_one_message(const std::string& content) {
  std::string stuffed;
  smtp::dot_stuffer stuffer;
  fuzz::feed_sliced(content, 1, [&](std::string_view piece) { stuffer.put(piece, stuffed); });
  stuffer.finish(stuffed);
  for (const auto& receiver : receivers)
    if (receive(stuffed, receiver) != content_outcome{true, content, ""})
      std::abort();
}

void read_as_chunks(const std::string& octets) {
  const auto promised = promised_chunks(octets);
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    smtp::content_reader reader{smtp::framing::counts};
    std::string content;
    fuzz::feed_sliced(octets, seed, [&](std::string_view piece) {
      if (reader.take(piece, content) != smtp::content_status::need_more || !piece.empty())
        std::abort();
    });
    reader.finish(content);
    if (content != promised || reader.content_octets() != content.size())
      std::abort();
  }
  require_one_message(promised);
}

} // namespace

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
  require_one_message(promised.content);
  read_as_chunks(std::string(data, data + size));
  return 0;
}

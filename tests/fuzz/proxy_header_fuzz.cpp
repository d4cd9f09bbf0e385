#include "protocol/proxy_header/header_reader.hpp"
#include "protocol/proxy_header/proxy_v2.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>
#include <string>

using namespace stellwerk::proxy_header;

namespace {

struct events {
  header_status status = header_status::need_more;
  header_fault fault = header_fault::none;
  std::optional<connection_ends> ends{};
  std::string rest{};
  bool operator==(const events&) const = default;
};

void feed(header_reader& reader, std::string_view piece, events& seen) {
  if (seen.status == header_status::need_more)
    seen.status = reader.take(piece);
  if (seen.status == header_status::complete)
    seen.rest += piece;
  seen.fault = reader.fault();
  seen.ends = reader.ends();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  events whole;
  header_reader reader;
  feed(reader, octets, whole);
  for (std::uint32_t seed = 1; seed < 4; ++seed) {
    events cut;
    header_reader again;
    stellwerk::fuzz::feed_sliced(octets, seed,
                                 [&](std::string_view piece) { feed(again, piece, cut); });
    if (cut != whole)
      std::abort();
  }
  if ((whole.status == header_status::fault) != (whole.fault != header_fault::none))
    std::abort();
  // Who was told of is told on unchanged.
  if (whole.ends) {
    events back;
    header_reader other;
    feed(other,
         proxy_v2_header(whole.ends->source, whole.ends->destination, tls_layer{"a", "b", "c"}),
         back);
    if (back != events{header_status::complete, header_fault::none, whole.ends, ""})
      std::abort();
  }
  return 0;
}

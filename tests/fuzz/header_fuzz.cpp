#include "protocol/smtp/header_collector.hpp"
#include "protocol/smtp/header_field.hpp"
#include "protocol/smtp/header_inspection.hpp"
#include "protocol/smtp/received.hpp"
#include "tests/fuzz/sliced.hpp"

#include <cstdlib>

using namespace stellwerk;
using namespace stellwerk::smtp;

namespace {

struct collected {
  header_status status;
  std::string octets;
  std::string rest;
  bool operator==(const collected&) const = default;
};

template <class Slicer> collected collect(std::size_t limit, Slicer slicer) {
  header_collector collector{limit};
  collected result{};
  slicer([&](std::string_view piece) {
    static_cast<void>(collector.take(piece));
    result.rest += piece;
  });
  result.status = collector.finish();
  result.octets = collector.octets();
  if (!result.octets.starts_with(collector.fields()) || result.octets.size() > limit)
    std::abort();
  return result;
}

} // namespace

// Headers are collected alike however they are cut; fields lie in them in order; and whatever
// the message says, a Received line of our own counts as one line with exactly its mark.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string content(data, data + size);
  for (const std::size_t limit : {64U, 4096U}) {
    const auto whole = collect(limit, [&](auto feed) { feed(content); });
    if (whole.octets + whole.rest != content)
      std::abort();
    for (std::uint32_t seed = 1; seed < 4; ++seed)
      if (collect(limit, [&](auto feed) { fuzz::feed_sliced(content, seed, feed); }) != whole)
        std::abort();
  }

  std::string_view header = content;
  const char* reached = header.data();
  while (const auto field = take_field(header)) {
    if (field->name.empty() || field->name.data() < reached
        || field->body.data() < field->name.data() + field->name.size()
        || field->body.data() + field->body.size() > content.data() + content.size())
      std::abort();
    reached = field->body.data() + field->body.size();
  }

  trace how;
  how.helo = how.session = how.hostname = how.client_address = content;
  how.instance = "one";
  how.marks = {{content, content}};
  const auto line = received_line(how);
  std::string_view fields = line;
  const auto field = take_field(fields);
  if (!field || field->name != "Received" || !fields.empty())
    std::abort();
  for (std::string_view rest = line; !rest.empty();) {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos || end > 998 || rest.find('\n') != end + 1)
      std::abort();
    rest.remove_prefix(end + 2);
  }
  if (inspect_loop(line + line, "one", how.marks) != loop_verdict::no_loop
      || inspect_loop(line + line + line, "one", how.marks) != loop_verdict::marked_thrice
      || inspect_loop(line + line + line, "two", how.marks) != loop_verdict::no_loop)
    std::abort();
  // With any header before it, three more are enough for a loop.
  if (inspect_loop(line + line + line + content, "one", how.marks) == loop_verdict::no_loop)
    std::abort();
  return 0;
}

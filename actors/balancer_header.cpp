#include "actors/balancer_header.hpp"

#include "protocol/proxy_header/header_reader.hpp"

namespace stellwerk {
namespace {

using proxy_header::header_reader;
using proxy_header::header_status;

/// Hands the reader what is there and takes what it took.
io::io_result read_some(header_reader& reader, io::socket& transport, std::span<char> room,
                        header_status& status) {
  std::size_t octets = 0;
  const auto result = transport.peek(room, octets);
  if (result != io::io_result::done)
    return result;
  std::string_view rest{room.data(), octets};
  status = reader.take(rest);
  return transport.receive(room.first(octets - rest.size()), octets);
}

} // namespace

io::task<balancer_header> hear_balancer(io::coroutine_actor& owner, io::socket& transport,
                                        io::clock::time_point until) {
  header_reader reader;
  for (;;) {
    auto status = header_status::need_more;
    const auto room = owner.home().scratch().first(header_reader::max_v2_octets);
    const auto result = read_some(reader, transport, room, status);
    if (status == header_status::complete)
      co_return balancer_header{.ends = reader.ends()};
    if (status == header_status::fault)
      co_return balancer_header{.problem = std::string{name(reader.fault())}};
    if (result == io::io_result::end || result == io::io_result::failed)
      co_return balancer_header{.problem
                                = reader.has_begun() ? "closed within" : "closed before"};
    if (result == io::io_result::done)
      continue;
    if (owner.now() >= until)
      co_return balancer_header{.problem = "too late"};
    owner.look_at_orders();
    co_await owner.event(until);
  }
}

} // namespace stellwerk

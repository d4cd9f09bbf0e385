#include "tests/actors/interleavings/settled_loopback.hpp"

#include "actors/io/endpoint.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace stellwerk::test {
namespace {

/// Segments that follow from one another without anybody's doing: SYN, SYN ACK, ACK.
constexpr int longest_exchange = 3;

} // namespace

settled_loopback::settled_loopback()
    : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  const auto any = io::endpoint::parse("127.0.0.1", 0);
  bool is_ready = ::bind(socket_.get(), any->data(), any->size()) == 0;
  const auto own = io::endpoint::local_of(socket_.get());
  is_ready = is_ready && ::connect(socket_.get(), own.data(), own.size()) == 0;
  if (!is_ready)
    throw std::system_error{errno, std::generic_category(), "loopback"};
  ::sched_getaffinity(0, sizeof before_, &before_);
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &here);
  ::sched_setaffinity(0, sizeof here, &here);
}

settled_loopback::~settled_loopback() { ::sched_setaffinity(0, sizeof before_, &before_); }

void settled_loopback::settle() const {
  for (int answers = 0; answers < longest_exchange; ++answers) {
    char octet = 0;
    static_cast<void>(::send(socket_.get(), &octet, 1, 0));
    static_cast<void>(::recv(socket_.get(), &octet, 1, 0));
  }
}

} // namespace stellwerk::test

#include "actors/io/endpoint.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>

namespace stellwerk::io {
namespace {

/// The storage seen as the family's own struct; a copy, for the rules of aliasing.
template <class Address> Address seen_as(const sockaddr_storage& storage) {
  Address address;
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

template <class Query> endpoint queried(int descriptor, Query query) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (query(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return {};
  return endpoint::from(storage);
}

} // namespace

std::optional<endpoint> endpoint::parse(const std::string& address, std::uint16_t port) {
  endpoint result;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    std::memcpy(&result.storage_, &v4, sizeof v4);
    return result;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    std::memcpy(&result.storage_, &v6, sizeof v6);
    return result;
  }
  return std::nullopt;
}

endpoint endpoint::from(const sockaddr_storage& address) {
  endpoint result;
  result.storage_ = address;
  if (address.ss_family != AF_INET6)
    return result;
  const auto v6 = seen_as<sockaddr_in6>(address);
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
    return result;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = v6.sin6_port;
  std::memcpy(&v4.sin_addr, v6.sin6_addr.s6_addr + 12, 4);
  result.storage_ = {};
  std::memcpy(&result.storage_, &v4, sizeof v4);
  return result;
}

endpoint endpoint::of(const ip_address& address, std::uint16_t port) {
  sockaddr_storage storage{};
  if (address.is_ipv6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.octets.data(), sizeof v6.sin6_addr);
    std::memcpy(&storage, &v6, sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.octets.data(), sizeof v4.sin_addr);
    std::memcpy(&storage, &v4, sizeof v4);
  }
  return from(storage);
}

endpoint endpoint::peer_of(int descriptor) { return queried(descriptor, ::getpeername); }
endpoint endpoint::local_of(int descriptor) { return queried(descriptor, ::getsockname); }

std::uint16_t endpoint::port() const {
  switch (family()) {
    case AF_INET:
      return ntohs(seen_as<sockaddr_in>(storage_).sin_port);
    case AF_INET6:
      return ntohs(seen_as<sockaddr_in6>(storage_).sin6_port);
    default:
      return 0;
  }
}

std::string endpoint::address() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto octets = address_octets();
  if (octets.empty()
      || ::inet_ntop(family(), octets.data(), text.data(), text.size()) == nullptr)
    return "unknown";
  return text.data();
}

std::string endpoint::text() const {
  const auto host = family() == AF_INET6 ? '[' + address() + ']' : address();
  return host + ':' + std::to_string(port());
}

std::string endpoint::address_octets() const {
  std::string octets;
  if (family() == AF_INET) {
    const auto v4 = seen_as<sockaddr_in>(storage_);
    octets.resize(4);
    std::memcpy(octets.data(), &v4.sin_addr, 4);
  } else if (family() == AF_INET6) {
    const auto v6 = seen_as<sockaddr_in6>(storage_);
    octets.resize(16);
    std::memcpy(octets.data(), &v6.sin6_addr, 16);
  }
  return octets;
}

std::string endpoint::network_octets() const {
  auto octets = address_octets();
  if (!octets.empty())
    octets.resize(family() == AF_INET6 ? 8 : 3);
  return octets;
}

ip_address endpoint::ip() const {
  ip_address result;
  result.is_ipv6 = family() == AF_INET6;
  const auto octets = address_octets();
  std::memcpy(result.octets.data(), octets.data(), octets.size());
  return result;
}

socklen_t endpoint::size() const {
  return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

} // namespace stellwerk::io

#pragma once

#include "protocol/base/ip_address.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace stellwerk::io {

/// An IP address and port; a mapped IPv4 address counts as IPv4.
class endpoint {
public:
  endpoint() = default;
  /// `address` is a literal without brackets; nothing if it isn't one.
  [[nodiscard]] static std::optional<endpoint> parse(const std::string& address,
                                                     std::uint16_t port);
  [[nodiscard]] static endpoint from(const sockaddr_storage& address);
  [[nodiscard]] static endpoint of(const ip_address& address, std::uint16_t port);
  /// The two ends of a connected socket; an unspecified endpoint if the kernel has forgotten.
  [[nodiscard]] static endpoint peer_of(int descriptor);
  [[nodiscard]] static endpoint local_of(int descriptor);

  [[nodiscard]] int family() const { return storage_.ss_family; }
  [[nodiscard]] std::uint16_t port() const;
  /// The address alone: `192.0.2.1` or `2001:db8::1`.
  [[nodiscard]] std::string address() const;
  /// `192.0.2.1:25` or `[2001:db8::1]:25`.
  [[nodiscard]] std::string text() const;
  /// The address in network order: 4 or 16 octets.
  [[nodiscard]] std::string address_octets() const;
  /// The first octets of those, as a provider gives them to one customer or hosts side by side:
  /// of IPv4 a /24, of IPv6 a /64.
  [[nodiscard]] std::string network_octets() const;
  /// The address alone; of an unspecified endpoint 0.0.0.0.
  [[nodiscard]] ip_address ip() const;

  [[nodiscard]] const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  [[nodiscard]] socklen_t size() const;

private:
  sockaddr_storage storage_{};
};

} // namespace stellwerk::io

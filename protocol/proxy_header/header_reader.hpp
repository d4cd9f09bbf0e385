#pragma once

#include "protocol/proxy_header/connection_ends.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::proxy_header {

enum class header_status {
  need_more, ///< The input is used up.
  complete,  ///< What is left of the input belongs to the connection.
  fault,     ///< Final: no header, or a broken one.
};

enum class header_fault {
  none,
  no_signature,        ///< Something else than a PROXY header.
  malformed,           ///< A rule of the format is broken.
  too_long,            ///< Version 1: over 107 octets; version 2: over `max_v2_octets`.
  unsupported_version, ///< The signature of version 2, another version behind it.
  bad_checksum,        ///< PP2_TYPE_CRC32C is there and wrong.
};
/// The enumerator's own word, for the log.
[[nodiscard]] std::string_view name(header_fault fault);

/// Reads the one PROXY header, version 1 or 2, that a load balancer sends before the first
/// octet of a client's connection (the protocol's text of HAProxy, sections 2.1 and 2.2).
///
/// Strict: version 1 ends in CRLF within 107 octets, addresses and ports as the format says.
/// TLVs are skipped, but for the checksum. Whom to believe is the caller's to know.
class header_reader {
public:
  /// Octets of a version 2 header, the fixed 16 included.
  static constexpr std::size_t max_v2_octets = 4096;

  /// Takes octets off the front of `input` up to the header's last one. Call no more after
  /// `complete`.
  [[nodiscard]] header_status take(std::string_view& input);

  /// After `complete`: what the header says, IPv4 addresses in IPv6 ones as IPv4. Nothing if it
  /// says that the connection is the balancer's own (LOCAL, UNKNOWN), or of no TCP client: then
  /// the balancer's address is all there is.
  [[nodiscard]] const std::optional<connection_ends>& ends() const { return ends_; }
  [[nodiscard]] header_fault fault() const { return fault_; }
  /// Has any octet come?
  [[nodiscard]] bool has_begun() const { return !held_.empty(); }

private:
  header_status fail(header_fault fault);
  header_status look();
  header_status look_at_v1();
  header_status look_at_v2();
  [[nodiscard]] std::size_t wanted() const;

  std::string held_;
  std::optional<connection_ends> ends_;
  header_fault fault_ = header_fault::none;
};

} // namespace stellwerk::proxy_header

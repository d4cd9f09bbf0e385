#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace stellwerk::io {

/// What a domain's MX records say (RFC 1035 section 3.3.9), in the order of their preference.
struct mx_records {
  std::vector<std::string> hosts; ///< Without the final dot; a null MX (RFC 7505) is ".".
  std::uint32_t ttl_seconds = 0;  ///< The lowest of them.
  std::string problem;            ///< Not empty: nothing is known.
  bool has_none = false;          ///< The domain is there, without such a record.
};

/// Reads a DNS server's answer, octet for octet as it came. Records that are broken end it.
[[nodiscard]] mx_records parse_mx_answer(std::span<const unsigned char> message);

} // namespace stellwerk::io

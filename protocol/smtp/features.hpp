#pragma once

#include "protocol/smtp/reply.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace stellwerk::smtp {

/// What a server announced in its reply to EHLO (RFC 5321 section 4.1.1.1).
struct features {
  std::string server_name;            ///< As it calls itself.
  bool pipelining = false;            ///< RFC 2920
  bool eight_bit_mime = false;        ///< RFC 6152
  bool smtputf8 = false;              ///< RFC 6531
  bool dsn = false;                   ///< RFC 3461
  bool chunking = false;              ///< RFC 3030
  bool starttls = false;              ///< RFC 3207
  bool enhanced_status_codes = false; ///< RFC 2034
  std::optional<std::uint64_t> size;  ///< Octets (RFC 1870), 0: no limit; nothing: no SIZE.
  std::set<std::string> auth;         ///< Mechanisms in capitals (RFC 4954).
  std::set<std::string> xclient;      ///< Attributes in capitals (Postfix XCLIENT).

  bool operator==(const features&) const = default;
};

/// The features in a positive reply to EHLO; its first line is the server's name. Unknown
/// keywords are skipped. `AUTH=` of old servers counts as `AUTH`.
[[nodiscard]] features parse_ehlo(const reply& ehlo);

/// What can be promised to a client while either server may get its mail: 8BITMIME, SMTPUTF8
/// and DSN if both have them, the mechanisms that both have, the smaller SIZE (always set; a
/// server without SIZE is no limit). What concerns one hop alone (PIPELINING, CHUNKING,
/// STARTTLS, XCLIENT ...) is ours to offer and not set here.
[[nodiscard]] features common(const features& a, const features& b);

} // namespace stellwerk::smtp

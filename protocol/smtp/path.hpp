#pragma once

#include "protocol/base/cursor.hpp"
#include "protocol/smtp/address.hpp"

#include <cstddef>
#include <optional>

namespace stellwerk::smtp {

constexpr std::size_t max_local_octets = 256;  ///< RFC 5321 says 64; SRS and VERP need more.
constexpr std::size_t max_domain_octets = 255; ///< RFC 5321 section 4.5.3.1.2.

/// Where failures are reported to; nothing is the null reverse-path `<>`.
using reverse_path = std::optional<address>;

// Each takes its rule off the front of `at`, or returns nothing and leaves `at` anywhere.
// Well-formed UTF-8 is taken wherever RFC 6531 section 3.3 allows it. Beyond the ABNF, since
// mail in the field has it: dots at the ends of a local part and in a row, `_` in a domain. A
// domain that ends in a dot is refused. A source route (`<@a,@b:c@d>`) is read and dropped (RFC
// 5321 appendix C).

/// `Reverse-path = Path / "<>"`: outer nothing is a fault, inner nothing the null path.
[[nodiscard]] std::optional<reverse_path> take_reverse_path(cursor& at);

/// `"<Postmaster@" Domain ">" / "<Postmaster>" / Path`.
[[nodiscard]] std::optional<address> take_forward_path(cursor& at);

/// `Mailbox = Local-part "@" ( Domain / address-literal )`, without angle brackets.
[[nodiscard]] std::optional<address> take_mailbox(cursor& at);

} // namespace stellwerk::smtp

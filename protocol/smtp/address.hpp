#pragma once

#include <optional>
#include <string>

namespace stellwerk::smtp {

/// A mailbox as the envelope names it (RFC 5321 section 4.1.2), in its meaning: of a quoted
/// local part the quotes and backslashes are taken off, so that `"max"@x` and `max@x` are
/// equal.
struct address {
  std::string local;  ///< The client's spelling; may hold any octet from 0x20 on but 0x7F.
  std::string domain; ///< The client's spelling, `[192.0.2.1]` with brackets; empty only for
                      ///< the `<postmaster>` without domain.
  bool operator==(const address&) const = default;

  /// What picks the route: `stellwerk::domain_key` of the domain
  /// (protocol/base/domain_name.hpp), nothing where that has none; empty for `<postmaster>`.
  [[nodiscard]] std::optional<std::string> domain_key() const;
};

/// Ready for a command or a header, the local part quoted where it must be: `max@example.org`.
[[nodiscard]] std::string to_string(const address& mailbox);

/// Must whoever names this address say SMTPUTF8 (RFC 6531)?
[[nodiscard]] bool needs_smtputf8(const address& mailbox);

} // namespace stellwerk::smtp

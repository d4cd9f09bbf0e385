#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

/// The addresses of a From, Sender or Resent-From field (RFC 5322 sections 3.4 and 4.4, RFC
/// 6854).
struct mailbox_list {
  /// As written, quotes included; without an @ where the field has none. Also what stands with
  /// an @ before an angle bracket (`anna@example.org <anna@example.org>`): a reader may show
  /// it.
  std::vector<std::string> addresses;
  /// Not empty: readers might take another address from the field than these, and why.
  std::string doubt;
};

/// More addresses than this are in doubt.
inline constexpr std::size_t max_mailboxes = 100;

/// Reads the body of a field, folds included.
///
/// Takes what people's programs write: phrases with dots and unquoted addresses, groups,
/// comments, quoted strings, empty places between commas, UTF-8. Strict where readers differ:
/// an address is octets without a blank, comment, route or encoded word inside; whatever else
/// does not fit is in doubt, as are control octets and what is not UTF-8.
[[nodiscard]] mailbox_list read_mailboxes(std::string_view body);

} // namespace stellwerk::smtp

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

/// Whom a header names as its senders: what a person is shown as "From".
struct header_senders {
  struct mention {
    std::string_view field; ///< `From`, `Sender` or `Resent-From`.
    std::string address;    ///< See `mailbox_list`.
    bool operator==(const mention&) const = default;
  };
  std::vector<mention> mentions; ///< Of all such fields, in their order.
  bool has_from = false;
  /// Not empty: some reader might see another sender than these; the reason.
  std::string doubt;
};

/// A field longer than this is in doubt: MTAs cut it.
inline constexpr std::size_t max_sender_field = 32768;
/// A line longer than this (RFC 5322 section 2.1.1) that has such a field's name in it is in
/// doubt: an MTA may break it there.
inline constexpr std::size_t max_header_line = 998;

/// Reads the header of a message whose lines end in CRLF, as `header_collector::fields` has it.
///
/// Several From fields are all read: whichever a reader takes, it is among them. Lines that are
/// no field are skipped, and what stands behind them is read: a reader for whom they end the
/// header sees less, not more. In doubt are lines that one reader takes for such a field and
/// another doesn't: with a control octet, a blank or octets beyond ASCII in the name, with a
/// name that is folded or has no colon, or as the continuation of nothing.
[[nodiscard]] header_senders read_header_senders(std::string_view fields);

} // namespace stellwerk::smtp

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// The one spelling under which a mail domain is compared and looked up: lower-case A-labels
/// without a final dot (`MÜLLER.example.` and `xn--mller-kva.example` are one). Takes U-labels
/// in UTF-8 (RFC 5890), an address literal in brackets is only lower-cased. Nothing if it is no
/// domain: empty, a label longer than 63 octets, more than 253 in all, broken UTF-8, a
/// character no label holds, or one that another server might map to a different spelling
/// (full-width forms, ligatures, combining marks, scripts we do not know): we never guess, and
/// the A-label of such a name always works. Underscores pass; they are in use.
[[nodiscard]] std::optional<std::string> domain_key(std::string_view domain);

/// `domain_key` of what follows the last @ of a login or an address; nothing without an @.
[[nodiscard]] std::optional<std::string> domain_key_of_address(std::string_view address);

/// A key for people: its A-labels as U-labels in UTF-8 (`mail.müller.example`). The key itself
/// where it has none, or where what it says has another key (RFC 5891 section 4.4): nobody is
/// shown one name for another. A wildcard's `*` stays.
[[nodiscard]] std::string domain_text(std::string_view key);

} // namespace stellwerk

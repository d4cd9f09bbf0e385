#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// An address cut in two: `local` with quotes undone and ASCII letters lower, `domain` as
/// `domain_key`.
struct address_parts {
  std::string local;
  std::string domain;
  bool operator==(const address_parts&) const = default;
};

/// Cuts at the last @. Nothing without an @, with an empty local part, with a domain that is
/// none, or with control octets. Quoted local parts (RFC 5321 `Quoted-string`) are unquoted.
[[nodiscard]] std::optional<address_parts> split_address(std::string_view address);

/// One of the `senders` of an account: an address, `@domain` or `*`.
struct sender_pattern {
  enum class form {
    address, ///< This address, and `local+detail` at it.
    domain,  ///< Every address of the domain that needs no quotes.
    any,     ///< Every address.
  };
  form kind;
  address_parts address; ///< `local` is empty for a domain; both are for any.

  [[nodiscard]] bool matches(const address_parts& sender) const;
};

/// Nothing if `text` is none of the three forms.
[[nodiscard]] std::optional<sender_pattern> parse_sender_pattern(std::string_view text);

/// Is `sender` the address `owned`, or `owned` with a `+detail` that needs no quotes?
[[nodiscard]] bool is_own_address(const address_parts& owned, const address_parts& sender);

} // namespace stellwerk

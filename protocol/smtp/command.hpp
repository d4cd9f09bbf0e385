#pragma once

#include "protocol/smtp/path.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stellwerk::smtp {

/// `BODY=` of MAIL (RFC 6152, RFC 3030).
enum class body_type { seven_bit, eight_bit_mime, binary_mime };

/// `RET=` of MAIL (RFC 3461 section 4.3).
enum class returned_content { full, headers };

/// `MAIL FROM:` with its parameters; what the client did not say is empty.
struct mail_command {
  reverse_path from{};
  std::optional<std::uint64_t> size{}; ///< Octets; a larger number than fits is the largest.
  std::optional<body_type> body{};
  bool smtputf8 = false;
  std::optional<std::string>
      auth{}; ///< xtext as sent; accepted and dropped (RFC 4954 section 5).
  std::optional<returned_content> ret{};
  std::optional<std::string> envid{}; ///< xtext as sent, up to 100 octets.
  bool operator==(const mail_command&) const = default;
};

/// `RCPT TO:` with its parameters.
struct rcpt_command {
  address to{};
  std::optional<std::string> notify{}; ///< `NEVER`, or a list as `SUCCESS,FAILURE`, upper case.
  std::optional<std::string> orcpt{};  ///< `addr-type;xtext` as sent, up to 500 octets.
  bool operator==(const rcpt_command&) const = default;
};

/// What is wrong with a command's arguments.
enum class command_fault {
  syntax,              ///< No `FROM:` or `TO:`, or the command does not end where it should.
  path,                ///< The address breaks the grammar or a limit.
  unknown_parameter,   ///< A parameter that no extension we know has.
  bad_parameter,       ///< A known parameter with a value it cannot have, or one given twice.
  smtputf8_needed,     ///< The address is not ASCII, and MAIL did not say SMTPUTF8.
  domain_without_form, ///< A recipient's domain has no `domain_key`: it could not be routed.
};

/// A verb and what follows it, spaces around both taken off.
struct command_line {
  std::string_view verb; ///< In the client's case.
  std::string_view arguments;
};
[[nodiscard]] command_line split_command(std::string_view line);

/// Parses what stands behind `MAIL`: `FROM:<...> [parameters]`. One or more spaces are allowed
/// behind the colon.
[[nodiscard]] std::variant<mail_command, command_fault> parse_mail(std::string_view arguments);

/// Parses what stands behind `RCPT`. `smtputf8`: did MAIL say so?
[[nodiscard]] std::variant<rcpt_command, command_fault> parse_rcpt(std::string_view arguments,
                                                                   bool smtputf8);

/// `BDAT chunk-size [LAST]` (RFC 3030 section 2).
struct bdat_command {
  std::uint64_t octets = 0; ///< That follow the command's CRLF.
  bool is_last = false;
  bool operator==(const bdat_command&) const = default;
};
/// Parses what stands behind `BDAT`. Nothing: where the next command begins cannot be known.
[[nodiscard]] std::optional<bdat_command> parse_bdat(std::string_view arguments);

/// The name behind EHLO or HELO, fit for headers, logs and XCLIENT: the first word, at most 255
/// octets, every octet but letters, digits and `.-_:[]` made a `?`. Clients put host names of
/// any kind there, umlauts included, and have always got away with it. Empty: there is none.
[[nodiscard]] std::string clean_helo_name(std::string_view arguments);

} // namespace stellwerk::smtp

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk {

/// Why somebody would call the help desk after enforcing, or with the end of the old server.
enum class finding_kind : std::uint8_t {
  wrong_case,
  foreign_sender, ///< In the envelope.
  foreign_from,   ///< In the header: From, Sender or Resent-From.
  unknown_login,
  pop3_used,
  starttls_used, ///< Instead of TLS from the first octet.
  old_tls,       ///< Older than 1.3.
  legacy_name,   ///< By a name whose certificate is `legacy`.
  plaintext_attempt,  ///< To log in without TLS, which is refused always.
  plaintext_delivery, ///< Of another server, on port 25; taken or refused.
  straggler,          ///< A sender whose server would keep mail for a domain that has moved.
  submission_on_25,
  weak_password,
};
[[nodiscard]] std::string_view text_of(finding_kind kind);
[[nodiscard]] std::optional<finding_kind> parse_finding_kind(std::string_view text);

/// What was found of whom. All text but `domain` comes from peers.
struct finding {
  finding_kind kind = finding_kind::wrong_case;
  std::string domain{}; ///< `domain_key`, of the login; empty: not known.
  std::string login{};  ///< As it was presented; empty: nobody has logged in.
  std::string
      address{};        ///< A sender, or a recipient of a straggler; empty: none, or no single.
  std::string client{}; ///< The client's IP address.
  std::string software{};
  std::string tls{};
  std::string listener{};
  std::string name{}; ///< That was asked for (SNI).
  /// A backend has taken the login: it is no guess of a stranger.
  bool accepted = false;
  bool operator==(const finding&) const = default;
};

/// The same finding, as often as it was made; client, software and the like are the last.
struct finding_record {
  using time_point
      = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
  finding what;
  std::uint64_t count = 0;
  std::uint64_t accepted = 0; ///< Of them with a login that a backend has taken.
  time_point first_seen;
  time_point last_seen;
  bool operator==(const finding_record&) const = default;
};

} // namespace stellwerk

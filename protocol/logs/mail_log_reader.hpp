#pragma once

#include "protocol/logs/dovecot_login.hpp"
#include "protocol/logs/log_time.hpp"
#include "protocol/logs/postfix_record.hpp"
#include "protocol/logs/submission_ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::logs {

struct mail_log_line;

/// Somebody has logged in, or has handed a message in.
struct mail_event {
  enum class kind : std::uint8_t { login, message };
  kind what = kind::login;
  time_point when{};
  std::string service{}; ///< As the log calls it: `pop3-login`, `postfix/smtps/smtpd`.
  bool accepted = false; ///< False: a login that was refused.
  bool by_pop3 = false;
  bool on_port_25 = false; ///< As far as the service's name tells.
  bool without_tls = false;
  std::string login{};  ///< Empty only in a try without TLS that the server has cut off.
  std::string client{}; ///< IP address; empty: not told.
  std::string sender{}; ///< Of a message, without angle brackets; empty: the null reverse-path.
  bool operator==(const mail_event&) const = default;
};

/// Reads logs of Dovecot and Postfix in any slices. Holds a line and at most `most_messages`
/// that qmgr has not come to yet.
class mail_log_reader {
public:
  /// `now`: nothing is later, and a time without a year is the last one before.
  mail_log_reader(time_point now, time_zone local);

  /// Takes octets off the front of `input` up to one event; nothing: all of it is used up.
  [[nodiscard]] std::optional<mail_event> take(std::string_view& input);

  /// Another file comes. A line of the last one that has no end is nobody's; messages between
  /// smtpd and qmgr are remembered, since logs are rotated.
  void begin_file();

  /// Of all files: lines that have ended.
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  /// Of them, those that are too long, have no time, or begin like an event and are none.
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  /// Of this file: octets up to the end of the last line that has one.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

  static constexpr std::size_t longest_line = 8192; ///< Without its LF.
  static constexpr std::size_t longest_login = 512;
  static constexpr std::size_t most_messages = 20000;

private:
  std::optional<mail_event> on_line(std::string_view line);
  std::optional<mail_event> on_login(const mail_log_line& line, login_service service);
  std::optional<mail_event> on_message(const mail_log_line& line);
  std::optional<mail_event> at_time(const mail_log_line& line, mail_event event);

  time_point now_;
  time_zone local_;
  submission_ledger waiting_{most_messages};
  std::string held_;
  bool is_too_long_ = false;
  std::uint64_t held_octets_ = 0; ///< Of the line that has no end yet.
  std::uint64_t lines_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t octets_ = 0;
};

} // namespace stellwerk::logs

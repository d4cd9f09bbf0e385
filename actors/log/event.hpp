#pragma once

#include <cstdint>
#include <string_view>

namespace stellwerk::log {

enum class level : std::uint8_t { debug, info, warning, error };

/// The word in a log line: "debug", "info", "warn", "error".
[[nodiscard]] std::string_view to_string(level of);

/// Everything that is ever logged. The word in the log is the enumerator's own name; operators
/// search for it and tests assert it, so a name that was released stays.
enum class event : std::uint8_t {
  // The process
  started,
  draining,
  stopped,
  reload_done,
  reload_refused,
  control_request,
  phase_changed, ///< Of one domain, by hand or by a move.
  move_begun,
  move_step,
  move_done,
  move_undone,
  undo_done,      ///< The undo hook of a move that a start has taken back.
  undo_failed,    ///< The operator has to run it.
  move_recovered, ///< At start: one that was cut short is completed or taken back.
  flip_worse, ///< A domain is worse off where it has come to: time to think of the way back.
  recipient_doubted, ///< Refused by the side the domain has come to, taken by the former.
  actor_died,
  watchdog_silent, ///< A worker or the router has not answered the watchdog in time.
  log_lines_lost,
  problem_noted, ///< A problem for which a reload was refused.
  warning_noted, ///< A warning of `check`, said once per load.
  // Listeners
  listening,
  admin_listening,
  accept_paused, ///< No file descriptors or too many connections; resumes by itself.
  accept_resumed,
  listener_closed, ///< The one name it is bound to is retired.
  listener_opened,
  connection_refused, ///< A limit on connections was reached.
  proxy_header_read,
  proxy_header_missing, ///< A peer of `proxy_protocol_from` sent none, or a broken one.
  notice_told,          ///< A client came to a `tls: refuse` listener.
  // Sessions
  session_started,
  session_ended,
  session_drained,
  session_failed, ///< A fault of ours ended this one session.
  command_injection,
  // TLS
  tls_established,
  tls_failed,
  tls_name_retired,
  certificate_expires,
  certificate_retired,
  ocsp_response_stale,
  // Logins
  login_accepted,
  login_refused,
  login_unavailable,
  login_wrong_case,
  login_unknown,
  login_parked,
  login_released,
  submission_on_25, ///< A login on an smtp listener: a client to be told of 465 or 587.
  // Messages
  plaintext_delivery, ///< Mail on port 25 that is not encrypted.
  sender_foreign,
  exception_used, ///< Something would have been refused, but for an entry of `exceptions`.
  recipient_refused,
  straggler,
  message_accepted,
  message_refused,
  message_deferred,
  loop_detected,
  // Backends
  backend_ready,
  backend_failed,
  backend_healthy,
  backend_unhealthy,
  no_relay_passed,
  no_relay_failed,
};

/// The enumerator's own name.
[[nodiscard]] std::string_view name(event of);

[[nodiscard]] level level_of(event of);

} // namespace stellwerk::log

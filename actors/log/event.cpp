#include "actors/log/event.hpp"

namespace stellwerk::log {

namespace {

struct facts {
  std::string_view word;
  level at;
};

// A switch, not a table: the compiler names an event that was forgotten.
constexpr facts facts_of(event of) {
  switch (of) {
    case event::started:
      return {"started", level::info};
    case event::draining:
      return {"draining", level::info};
    case event::stopped:
      return {"stopped", level::info};
    case event::reload_done:
      return {"reload_done", level::info};
    case event::reload_refused:
      return {"reload_refused", level::error};
    case event::control_request:
      return {"control_request", level::info};
    case event::phase_changed:
      return {"phase_changed", level::info};
    case event::move_begun:
      return {"move_begun", level::info};
    case event::move_step:
      return {"move_step", level::info};
    case event::move_done:
      return {"move_done", level::info};
    case event::move_undone:
      return {"move_undone", level::warning};
    case event::undo_done:
      return {"undo_done", level::info};
    case event::undo_failed:
      return {"undo_failed", level::error};
    case event::move_recovered:
      return {"move_recovered", level::warning};
    case event::flip_worse:
      return {"flip_worse", level::error};
    case event::recipient_doubted:
      return {"recipient_doubted", level::error};
    case event::actor_died:
      return {"actor_died", level::error};
    case event::watchdog_silent:
      return {"watchdog_silent", level::error};
    case event::log_lines_lost:
      return {"log_lines_lost", level::warning};
    case event::problem_noted:
      return {"problem_noted", level::error};
    case event::warning_noted:
      return {"warning_noted", level::warning};
    case event::listening:
      return {"listening", level::info};
    case event::admin_listening:
      return {"admin_listening", level::info};
    case event::accept_paused:
      return {"accept_paused", level::warning};
    case event::accept_resumed:
      return {"accept_resumed", level::info};
    case event::listener_closed:
      return {"listener_closed", level::warning};
    case event::listener_opened:
      return {"listener_opened", level::info};
    case event::connection_refused:
      return {"connection_refused", level::warning};
    case event::proxy_header_read:
      return {"proxy_header_read", level::debug};
    case event::proxy_header_missing:
      return {"proxy_header_missing", level::warning};
    case event::notice_told:
      return {"notice_told", level::info};
    case event::session_started:
      return {"session_started", level::debug};
    case event::session_ended:
      return {"session_ended", level::info};
    case event::session_drained:
      return {"session_drained", level::info};
    case event::session_failed:
      return {"session_failed", level::error};
    case event::command_injection:
      return {"command_injection", level::warning};
    case event::tls_established:
      return {"tls_established", level::debug};
    case event::tls_failed:
      return {"tls_failed", level::info};
    case event::tls_name_retired:
      return {"tls_name_retired", level::warning};
    case event::certificate_expires:
      return {"certificate_expires", level::warning};
    case event::certificate_retired:
      return {"certificate_retired", level::warning};
    case event::ocsp_response_stale:
      return {"ocsp_response_stale", level::warning};
    case event::login_accepted:
      return {"login_accepted", level::info};
    case event::login_refused:
      return {"login_refused", level::info};
    case event::login_unavailable:
      return {"login_unavailable", level::warning};
    case event::login_wrong_case:
      return {"login_wrong_case", level::warning};
    case event::login_unknown:
      return {"login_unknown", level::warning};
    case event::login_parked:
      return {"login_parked", level::info};
    case event::login_released:
      return {"login_released", level::info};
    case event::submission_on_25:
      return {"submission_on_25", level::warning};
    case event::plaintext_delivery:
      return {"plaintext_delivery", level::info};
    case event::sender_foreign:
      return {"sender_foreign", level::warning};
    case event::exception_used:
      return {"exception_used", level::info};
    case event::recipient_refused:
      return {"recipient_refused", level::info};
    case event::straggler:
      return {"straggler", level::warning};
    case event::message_accepted:
      return {"message_accepted", level::info};
    case event::message_refused:
      return {"message_refused", level::info};
    case event::message_deferred:
      return {"message_deferred", level::info};
    case event::loop_detected:
      return {"loop_detected", level::error};
    case event::backend_ready:
      return {"backend_ready", level::info};
    case event::backend_failed:
      return {"backend_failed", level::warning};
    case event::backend_healthy:
      return {"backend_healthy", level::info};
    case event::backend_unhealthy:
      return {"backend_unhealthy", level::error};
    case event::no_relay_passed:
      return {"no_relay_passed", level::info};
    case event::no_relay_failed:
      return {"no_relay_failed", level::error};
  }
  return {"unknown", level::error};
}

} // namespace

std::string_view to_string(level of) {
  switch (of) {
    case level::debug:
      return "debug";
    case level::info:
      return "info";
    case level::warning:
      return "warn";
    case level::error:
      return "error";
  }
  return "error";
}

std::string_view name(event of) { return facts_of(of).word; }

level level_of(event of) { return facts_of(of).at; }

} // namespace stellwerk::log

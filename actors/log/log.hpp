#pragma once

#include "actors/log/line.hpp"
#include "config/schema.hpp"

#include <initializer_list>

namespace stellwerk::log {

/// Where and how much. Without `start` nothing is logged (as in most unit tests).
struct settings {
  level at_least = level::info;
  format as = format::text;
  int descriptor = 2;       ///< Written to, never closed.
  std::size_t queue = 8192; ///< Lines waiting for the writer; when it is full the oldest goes.
};

/// What the configuration asks for, on standard error. `trace` is the same as `debug`.
[[nodiscard]] settings settings_of(const log_settings& configured);

/// Starts the writer thread. Once per process, before other threads log.
void start(const settings& how);

/// Changes level and format of a running log; any thread (reload).
void adjust(level at_least, format as);

/// Writes what is queued and ends the writer. Later events are dropped.
void stop();

/// Would this event be written? For callers that would have to compute its fields.
[[nodiscard]] bool enabled(event what);

/// Hands one event to the writer thread; never waits for the reader of the log. Costs one
/// comparison if its level is off. Any thread.
///
///     log::write(log::event::login_refused, {{"session", id}, {"login", who}, {"took_ms",
///     14}});
///
/// Never hand in a password, a SASL payload or message content.
void write(event what, std::initializer_list<field> fields = {});
void write(event what, std::span<const field> fields);

} // namespace stellwerk::log

#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace stellwerk {

/// Messages of ours that a gate has handed to the old server, to see whether it sends them back
/// to us: known by a token in their header. Shared by moves and sessions.
class relay_probes {
public:
  static constexpr std::string_view field = "X-Stellwerk-Probe";

  /// The token of a new probe: 32 hex digits.
  [[nodiscard]] std::string begin();
  /// Is this the header of a probe that somebody waits for? It has arrived then. `fields`:
  /// `header_collector::fields`.
  [[nodiscard]] bool note_arrival(std::string_view fields);
  [[nodiscard]] bool has_arrived(const std::string& token) const;
  /// Nobody waits for it any more.
  void end(const std::string& token);

private:
  mutable std::mutex mutex_;
  std::set<std::string> awaited_;
  std::set<std::string> arrived_;
};

} // namespace stellwerk

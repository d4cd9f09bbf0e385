#pragma once

#include "actors/master_keys.hpp"
#include "actors/tls/material.hpp"
#include "actors/user_rule.hpp"
#include "config/backend_id.hpp"
#include "config/snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace stellwerk {

/// All that a decision reads, under one epoch: routes, accounts, policy, certificates, and how
/// backends are reached and opened by a master. Immutable once published.
struct world {
  snapshot current;
  tls::material tls;
  master_keys masters;

  [[nodiscard]] std::uint64_t epoch() const { return current.epoch; }
  [[nodiscard]] const configuration& settings() const { return current.settings; }
  [[nodiscard]] const backend_settings& backend(side where) const {
    return where == side::on_old ? settings().backends.on_old : settings().backends.on_new;
  }
  /// How a protocol of a backend is reached; of the queue only smtp.
  [[nodiscard]] const std::optional<backend_service>& service(backend_id which,
                                                              mail_protocol protocol) const;
};
using world_ptr = std::shared_ptr<const world>;

/// Files as a world that has no epoch yet, or problems.
struct load_outcome {
  world_ptr loaded; ///< Null if there are problems.
  diagnostics found;
};

/// Loads stellwerk.yaml and all that it names, certificates and keys included: exactly what
/// `serve`, `reload` and `check` judge by. `in_force` as with `load_snapshot`. Blocks.
[[nodiscard]] load_outcome load_world(const std::filesystem::path& stellwerk_yaml, loading how,
                                      const snapshot* in_force = nullptr);

/// The epoch in force, readable from any thread. Only the router moves it, and only after the
/// world of that epoch can be had from it.
class epoch_clock {
public:
  [[nodiscard]] std::uint64_t now() const { return epoch_.load(std::memory_order_seq_cst); }
  void advance(std::uint64_t epoch) { epoch_.store(epoch, std::memory_order_seq_cst); }

private:
  std::atomic<std::uint64_t> epoch_{0};
};

} // namespace stellwerk

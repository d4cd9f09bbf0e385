#pragma once

#include "actors/backend_connection.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "actors/messages.hpp"

#include <functional>

namespace stellwerk {

/// Calls one service of a backend at start, at each new epoch, and every half minute (every few
/// seconds while something is wrong): is it there, what does it announce; on smtp also the gate
/// `no_relay`: a recipient who is none of ours must be refused.
///
///   standing   What is in force; a new epoch probes at once.
///
/// Supervision: holds nothing; the supervisor spawns it again.
class backend_probe final : public io::coroutine_actor {
public:
  /// `first_done` is called once, after the first probe, whatever came of it.
  backend_probe(caf::actor_config& config, environment_ptr surroundings, backend_id where,
                mail_protocol protocol, std::function<void()> first_done);

private:
  io::task<void> run() override;
  caf::behavior messages() override;
  void on_failure(std::exception_ptr thrown) noexcept override;

  [[nodiscard]] backend_call our_own_call() const {
    return {where_, protocol_, std::nullopt, std::nullopt};
  }
  io::task<bool> probe();
  io::task<service_facts> probe_access();
  io::task<service_facts> probe_smtp();
  io::task<relay_facts> probe_relay();
  void note(const service_facts& facts);
  void note(const relay_facts& facts, std::uint64_t epoch);

  environment_ptr surroundings_;
  backend_id where_;
  mail_protocol protocol_;
  std::function<void()> first_done_;
  standing current_;
  std::uint64_t probed_epoch_ = 0;
  std::optional<bool> was_healthy_;
  std::optional<bool> did_refuse_;
};

} // namespace stellwerk

#pragma once

#include "actors/io/timer.hpp"
#include "actors/tls/server_certificates.hpp"

#include <functional>
#include <memory>
#include <string>

namespace stellwerk {

namespace io {
class worker;
}

/// Watches whether the one name that a listener is bound to is retired. Looks once a second
/// rather than at the moment it knows of, because a machine's clock may be set. Lives on its
/// worker's thread.
class bound_name final : private io::timer {
public:
  using clock = std::function<tls::time_point()>;
  using told = std::function<void(bool retired)>;

  /// An empty name is never retired and never looked at. `changed` is called when the answer
  /// differs from the last one, which at first is no.
  bound_name(io::worker& home, std::string name, told changed,
             clock now = std::chrono::system_clock::now);

  /// Looks in this table from now on, and at once.
  void follow(std::shared_ptr<const tls::server_certificates> table);
  /// Looks no more; before the worker goes.
  void stop();

private:
  void on_timer() override;
  void look();

  io::worker& home_;
  std::string name_;
  told changed_;
  clock now_;
  std::shared_ptr<const tls::server_certificates> table_;
  bool was_retired_ = false;
};

} // namespace stellwerk

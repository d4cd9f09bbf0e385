#pragma once

#include "actors/login_backend.hpp"
#include "protocol/imap/backend_dialogue.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// A connection to an IMAP backend, led up to its answer to a login.
class imap_backend final : public login_backend {
public:
  imap_backend(io::coroutine_actor& owner, environment_ptr surroundings)
      : owner_{owner}, connection_{owner, std::move(surroundings)} {}

  io::task<std::string> open(world_ptr now, backend_call call) override;
  io::task<login_outcome> log_in(const sasl::credentials& who) override;
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  [[nodiscard]] service_facts shown() const override;
  void part() override;

  /// What is to be passed on of an accepted login.
  [[nodiscard]] const imap::acceptance& acceptance() const { return acceptance_; }
  [[nodiscard]] leg& wire() { return connection_.leg(); }
  [[nodiscard]] backend_connection& connection() override { return connection_; }

private:
  using step = imap::backend_dialogue::step;

  io::task<step> next_step(io::clock::time_point until);

  io::coroutine_actor& owner_;
  backend_connection connection_;
  std::optional<imap::backend_dialogue> dialogue_;
  imap::acceptance acceptance_;
  std::string problem_;
};

} // namespace stellwerk

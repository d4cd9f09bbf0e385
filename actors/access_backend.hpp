#pragma once

#include "actors/login_backend.hpp"
#include "protocol/pop3/backend_dialogue.hpp"
#include "protocol/sieve/backend_dialogue.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// A connection to a POP3 or ManageSieve backend, led up to its answer to a login.
template <class Dialogue> class access_backend final : public login_backend {
public:
  access_backend(io::coroutine_actor& owner, environment_ptr surroundings)
      : owner_{owner}, connection_{owner, std::move(surroundings)} {}

  io::task<std::string> open(world_ptr now, backend_call call) override;
  io::task<login_outcome> log_in(const sasl::credentials& who) override;
  [[nodiscard]] const std::string& problem() const override { return problem_; }
  [[nodiscard]] service_facts shown() const override;
  void part() override;

  /// The words of its yes, which are passed on.
  [[nodiscard]] const std::string& accepted_text() const { return accepted_text_; }
  [[nodiscard]] leg& wire() { return connection_.leg(); }
  [[nodiscard]] backend_connection& connection() override { return connection_; }

private:
  using step = typename Dialogue::step;

  io::task<step> next_step(io::clock::time_point until);
  void say(std::string& text);

  io::coroutine_actor& owner_;
  backend_connection connection_;
  std::optional<Dialogue> dialogue_;
  std::string accepted_text_;
  std::string problem_;
};

using pop3_backend = access_backend<pop3::backend_dialogue>;
using sieve_backend = access_backend<sieve::backend_dialogue>;
extern template class access_backend<pop3::backend_dialogue>;
extern template class access_backend<sieve::backend_dialogue>;

} // namespace stellwerk

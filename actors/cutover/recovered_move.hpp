#pragma once

#include "actors/cutover/disk_writer.hpp"
#include "actors/cutover/move_messages.hpp"
#include "actors/cutover/recovery.hpp"
#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"

#include <caf/typed_response_promise.hpp>

#include <string>
#include <vector>

namespace stellwerk {

/// To what waits until the proxy serves.
struct doors_are_open {};

/// Does what a start leaves to do of a move that the last process left half done: runs the
/// undo hook, writes routes.yaml and the journal, again every 5 s until they say how it ended.
/// The domain is served where it belongs, and held, until then.
///
///   cancel_move -> cancel_answer   It has been taken back, its undo hook has ended; or it is
///                                  past its flip.
///   disk_written                   Of its own writes.
///   doors_are_open                 It begins: no client waits for a hook.
///
/// Supervision: it ends with the router, and nobody starts it again; the next start does.
class recovered_move final : public io::coroutine_actor {
public:
  recovered_move(caf::actor_config& config, environment_ptr surroundings, open_move& what);

private:
  io::task<void> run() override;
  caf::behavior messages() override;
  void on_failure(std::exception_ptr thrown) noexcept override;
  void on_exit() override;
  io::task<void> undo();
  io::task<std::string> run_hook();
  void keep(std::vector<std::string> lines) const;
  [[nodiscard]] cancel_answer taken_back() const;
  io::task<bool> settle();

  environment_ptr surroundings_;
  open_move what_;
  disk_writer disk_;
  bool may_begin_ = false;
  bool undo_is_over_ = false;
  std::vector<caf::typed_response_promise<cancel_answer>> cancellers_; ///< Who wait for that.
};

/// What the router is told of it before anybody else can reach the router: the domain is held.
[[nodiscard]] phase_request hold_of(const open_move& what);
/// Enters it among the moves of this process too.
[[nodiscard]] caf::actor
spawn_recovered_move(io::worker& home, const environment_ptr& surroundings, open_move what);

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::doors_are_open)

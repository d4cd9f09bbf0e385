#pragma once

#include "actors/bound_name.hpp"
#include "actors/io/pinned_actor.hpp"
#include "actors/session.hpp"

#include <caf/typed_response_promise.hpp>

#include <memory>
#include <string>

namespace stellwerk {

/// Stop accepting and end all sessions at safe points; answered when the last one is gone.
struct drain_listener {};
/// All sessions of the listener have ended.
struct listener_drained {};

/// Accepts the clients of one listener on one worker and gives each its session.
///
///   standing                             What the next sessions are born with.
///   drain_listener  -> listener_drained  Closes the port at once.
///   cut_order                            Ends the sessions that are left.
///
/// A listener that is bound to one name (`certificate`) refuses connections while that name is
/// retired: it keeps the port, since a port below 1024 could not be bound again, but does not
/// listen. Not on smtp.
///
/// Descriptors, memory or the kernel's watches short: accepting pauses for half a second at a
/// time and says so once.
///
/// Supervision: holds the port; its death is the supervisor's to end the process with.
class listener final : public io::pinned_actor, private io::event_handler, private io::timer {
public:
  /// `port` is bound and listening.
  listener(caf::actor_config& config, environment_ptr surroundings, listener_settings settings,
           io::file_descriptor& port);

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void on_events(std::uint32_t events) override;
  void on_timer() override;

  void begin_accepting();
  void accept_some();
  void pause(const char* why);
  void give_session(io::file_descriptor socket, const io::endpoint& client);
  void put_off(const io::file_descriptor& socket, std::string_view why) const;
  void close_port();
  void on_name_changed(bool retired);
  void answer_if_drained();

  environment_ptr surroundings_;
  std::shared_ptr<listener_view> view_;
  io::file_descriptor port_;
  standing current_;
  bound_name own_name_;
  bool paused_ = false;
  bool draining_ = false;
  std::vector<caf::typed_response_promise<listener_drained>> waiting_;
};

/// Opens a listening socket that further ones may share (SO_REUSEPORT). Throws
/// std::system_error whose text names the address.
[[nodiscard]] io::file_descriptor open_port(const endpoint& address);

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::drain_listener)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::listener_drained)

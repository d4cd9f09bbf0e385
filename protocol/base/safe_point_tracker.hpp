#pragma once

#include <string_view>

namespace stellwerk {

/// Watches a session after login, as octets pass in both directions, only enough to know where
/// it can be ended with nothing half done. Changes and holds back nothing.
///
/// Call `on_client` before the octets go to the backend and `on_backend` before they go to the
/// client, from the first octet behind the login. Memory is bounded.
class safe_point_tracker {
public:
  safe_point_tracker() = default;
  safe_point_tracker(const safe_point_tracker&) = default;
  safe_point_tracker& operator=(const safe_point_tracker&) = default;
  virtual ~safe_point_tracker() = default;

  virtual void on_client(std::string_view octets) = 0;
  virtual void on_backend(std::string_view octets) = 0;

  /// May a last word be said here? Holds for octets already handed in: octets that the session
  /// still keeps unsent must go first.
  [[nodiscard]] virtual bool at_safe_point() const = 0;

  /// From here on the octets cannot be understood: end when both sides are quiet.
  [[nodiscard]] virtual bool opaque() const = 0;

  /// The client began a command that would undo its login and with it the route: do not pass
  /// these octets on, close.
  [[nodiscard]] virtual bool forbidden() const = 0;
};

} // namespace stellwerk

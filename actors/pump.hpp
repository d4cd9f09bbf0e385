#pragma once

#include "actors/leg.hpp"
#include "protocol/base/safe_point_tracker.hpp"

#include <cstdint>

namespace stellwerk {

/// Lets octets flow between a logged-in client and its backend, with back-pressure both ways: a
/// leg is not read while the other has not taken what was read before.
class pump {
public:
  pump(leg& client, leg& backend, safe_point_tracker& tracker)
      : client_{client}, backend_{backend}, tracker_{tracker} {}

  /// Hands on what the dialogues before had read ahead.
  void begin();

  /// One turn, of a bounded amount, in each direction. Did anything move?
  bool turn();

  enum class end {
    none,
    client_closed,  ///< Its last octets have gone to the backend.
    backend_closed, ///< Its last octets have gone to the client, or can't.
    forbidden,      ///< The client asked for what would undo its login.
  };
  [[nodiscard]] end ended() const;

  /// Nothing half done, nothing held back: a last word may be said.
  [[nodiscard]] bool at_safe_point() const;
  [[nodiscard]] std::uint64_t octets_to_client() const { return to_client_; }
  [[nodiscard]] std::uint64_t octets_to_backend() const { return to_backend_; }

private:
  bool pass_to_client();
  bool pass_to_backend();

  leg& client_;
  leg& backend_;
  safe_point_tracker& tracker_;
  std::uint64_t to_client_ = 0;
  std::uint64_t to_backend_ = 0;
  bool client_ended_ = false;
  bool backend_ended_ = false;
};

} // namespace stellwerk

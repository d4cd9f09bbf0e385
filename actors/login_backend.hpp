#pragma once

#include "actors/backend_connection.hpp"
#include "actors/backend_facts.hpp"
#include "protocol/sasl/credentials.hpp"

#include <cstdint>
#include <string>

namespace stellwerk {

/// What came of a login, at a backend or before one was asked.
struct login_outcome {
  enum class verdict : std::uint8_t {
    accepted,
    refused,     ///< Wrong credentials, or credentials of nobody who may.
    unavailable, ///< Not now; says nothing about the credentials.
    moving,      ///< Not now: the mailbox is held still.
  } came = verdict::unavailable;
  /// The backend's response code without its brackets, where its protocol has one and the
  /// client may hear it; else empty.
  std::string code{};
  /// The backend's words that go with `code`; empty: ours will do.
  std::string text{};
  /// What the backend said of a refused token, see `sasl::refusal_challenge`; else empty.
  std::string token_error{};
};

/// A connection to a service of a backend that takes logins, whatever its protocol. All waits
/// have a budget.
class login_backend {
public:
  login_backend() = default;
  login_backend(const login_backend&) = delete;
  login_backend& operator=(const login_backend&) = delete;
  virtual ~login_backend() = default;

  /// Connects and prepares until the backend would take credentials or an envelope. Empty on
  /// success, else why not, in words for the log.
  virtual io::task<std::string> open(world_ptr now, backend_call call) = 0;

  /// Replays a login. `unavailable` also stands for a lost or silent connection: then `problem`
  /// says why, and nothing more can be asked here.
  virtual io::task<login_outcome> log_in(const sasl::credentials& who) = 0;

  /// Why the connection is of no use any more, in words for the log; empty while it is. Never
  /// holds what a backend said while credentials were under way.
  [[nodiscard]] virtual const std::string& problem() const = 0;

  /// What the connection has shown of the backend.
  [[nodiscard]] virtual service_facts shown() const = 0;

  /// Says goodbye without waiting for the answer, and closes.
  virtual void part() = 0;

  [[nodiscard]] virtual backend_connection& connection() = 0;
};

} // namespace stellwerk

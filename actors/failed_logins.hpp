#pragma once

#include "actors/decaying_counts.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <string_view>

namespace stellwerk {

/// Remembers failed logins of the whole process by client address, its network and the login,
/// and says how much later than the floor (login_floor) a refusal is told: nothing for the
/// first, then 1 s, 3 s, 7 s, 15 s, at most 27 s. An address may fail eight times before that,
/// a login four times, a network 32 times; every count is halved in ten minutes.
///
/// All three follow from what the client said and where it is: not from whether the login is
/// known. Of logins and passwords nothing is kept but digests under a key of this process.
/// Bounded (about 2.4 MB), any thread; only refusals come here.
class failed_logins {
public:
  /// Throws std::runtime_error if there is no randomness for the key.
  failed_logins();
  failed_logins(const failed_logins&) = delete;
  failed_logins& operator=(const failed_logins&) = delete;

  struct attempt {
    std::string_view address; ///< In network order.
    std::string_view network; ///< Its first octets, see io::endpoint::network_octets.
    std::string_view login;   ///< As it was presented; no NUL in it. Case is ignored.
    std::string_view password;
  };

  /// Counts a failure, unless the same password for the same login has failed from this network
  /// already: that is a device with an old password. How much longer its refusal is to wait,
  /// 0 to 27 s.
  [[nodiscard]] std::chrono::milliseconds note(const attempt& failed,
                                               io::clock::time_point now);

private:
  [[nodiscard]] std::uint64_t digest(char kind, std::string_view first,
                                     std::string_view second = {},
                                     std::string_view third = {}) const;

  std::array<unsigned char, 32> key_{};
  std::mutex mutex_;
  decaying_counts addresses_{16'384};
  decaying_counts networks_{16'384};
  decaying_counts logins_{32'768};
  decaying_counts shown_{32'768}; // Passwords that have failed.
};

} // namespace stellwerk

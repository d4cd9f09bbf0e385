#pragma once

#include "actors/tls/server_context.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace stellwerk::tls {

/// Who still comes under which name: handshakes by the hour for a week, the last login. Shared
/// by all sessions; locked once per handshake and once per login. Knows names of certificates
/// alone, at most `most_names` of them: what a client makes up is counted under the name of the
/// certificate it was shown.
class certificate_ledger {
public:
  static constexpr std::size_t most_names = 4096;
  static constexpr std::size_t hours_kept = 7 * 24;

  /// A name as a certificate has it.
  struct name_key {
    std::string name;
    /// The client asked for it; else it asked for nothing that we have, and was shown a
    /// certificate with this as its first name.
    bool asked = true;
    auto operator<=>(const name_key&) const = default;
  };

  /// What is known of one name.
  struct record {
    std::array<std::uint32_t, hours_kept> handshakes{}; ///< By hour since 1970, modulo.
    std::int64_t newest_hour = 0;
    std::uint64_t refused = 0; ///< Handshakes that ended because the name is retired.
    std::string last_login;
    time_point last_login_at{};

    bool operator==(const record&) const = default;
    /// Makes room for `hour`: the hours between are empty.
    void advance(std::int64_t hour);
    /// Handshakes of the last `hours`, the one that has begun included.
    [[nodiscard]] std::uint64_t uses(std::size_t hours, time_point now) const;
  };
  using records = std::map<name_key, record>;

  /// A handshake that is done.
  void note_handshake(const SSL* ssl);
  /// One that ended because the name that was asked for, or is the listener's own, is retired.
  void note_refused(const server_handshake& handshake);
  /// The client has logged in.
  void note_login(const SSL* ssl, std::string_view login, time_point now);

  /// A copy of everything.
  [[nodiscard]] records all() const;
  /// As after a restart; replaces everything.
  void restore(records kept);

private:
  record& at(name_key key);

  mutable std::mutex mutex_;
  records records_;
};

} // namespace stellwerk::tls

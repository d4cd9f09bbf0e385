#pragma once

#include <cstdint>
#include <ostream>

namespace stellwerk::benchmarks {

/// What the stub has seen since its start; the harness compares it with what was asked for.
struct stub_counters {
  std::uint64_t connections = 0;
  std::uint64_t tls_connections = 0; ///< Of these, those over TLS.
  std::uint64_t open = 0;            ///< Now, plain and TLS.
  std::uint64_t told = 0; ///< Connections that named their client: ID, XCLIENT, PROXY.
  std::uint64_t logins = 0;
  std::uint64_t idles = 0;
  std::uint64_t noops = 0;
  std::uint64_t fetches = 0;
  std::uint64_t appends = 0;  ///< IMAP APPEND, every octet as it should be.
  std::uint64_t messages = 0; ///< SMTP DATA, every octet as it should be.
  std::uint64_t literal_octets
      = 0;                   ///< Of messages: of FETCH sent, of APPEND and DATA received.
  std::uint64_t logouts = 0; ///< LOGOUT after a login, QUIT after a message.
};

inline std::ostream& operator<<(std::ostream& out, const stub_counters& now) {
  return out << R"({"connections":)" << now.connections << R"(,"tls_connections":)"
             << now.tls_connections << R"(,"open":)" << now.open << R"(,"told":)" << now.told
             << R"(,"logins":)" << now.logins << R"(,"idles":)" << now.idles << R"(,"noops":)"
             << now.noops << R"(,"fetches":)" << now.fetches << R"(,"appends":)" << now.appends
             << R"(,"messages":)" << now.messages << R"(,"literal_octets":)"
             << now.literal_octets << R"(,"logouts":)" << now.logouts << '}';
}

} // namespace stellwerk::benchmarks

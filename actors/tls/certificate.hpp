#pragma once

#include "actors/tls/openssl.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::tls {

using time_point = std::chrono::system_clock::time_point;

/// What a certificate says of itself, and what the configuration says of it.
struct certificate_facts {
  std::vector<std::string> names; ///< DNS names of the SAN, else the CN; lower case.
  time_point not_before;
  time_point not_after;
  std::optional<time_point> until; ///< The operator's earlier end.
  bool legacy = false;             ///< These names end when the certificate ends.

  /// The first moment at which the names are retired.
  [[nodiscard]] time_point ends() const {
    return until && *until < not_after ? *until : not_after;
  }
  [[nodiscard]] bool retired(time_point now) const { return now >= ends(); }
  [[nodiscard]] bool expired(time_point now) const { return now >= not_after; }
  /// Whole days until `ends`, rounded down; negative after it.
  [[nodiscard]] std::int64_t days_left(time_point now) const {
    return std::chrono::floor<std::chrono::days>(ends() - now).count();
  }
  /// Is there a name that stands for the host?
  [[nodiscard]] bool serves(std::string_view host) const;
};

/// A certificate as a server shows it. Immutable; sessions keep the one they were shown.
struct certificate : certificate_facts {
  ssl_ctx_ptr context; ///< Chain and key; used through SSL_set_SSL_CTX.
};

/// Reads the names and dates of a certificate.
[[nodiscard]] certificate_facts read_facts(X509* leaf);

/// A context with our ciphers and versions (RFC 9325). SSL_set_SSL_CTX changes the ciphers with
/// the certificate, so that the base and every certificate's are made here. Null if memory is
/// short.
[[nodiscard]] ssl_ctx_ptr new_server_ctx();

/// Makes what `SSL_set_SSL_CTX` needs from PEM texts: the chain, leaf first, and the key. The
/// reason if one is not readable or they don't belong together. `problem_is_key` says which of
/// the two files to blame.
struct loaded_certificate {
  ssl_ctx_ptr context; ///< Empty if there is a problem.
  certificate_facts facts;
  std::string problem;
  bool problem_is_key = false;
};
[[nodiscard]] loaded_certificate load_certificate(std::string_view chain_pem,
                                                  std::string_view key_pem);

} // namespace stellwerk::tls

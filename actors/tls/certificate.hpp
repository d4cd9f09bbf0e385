#pragma once

#include "actors/tls/ocsp_staple.hpp"
#include "actors/tls/openssl.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::tls {

/// What a certificate says of itself, and what the configuration says of it.
struct certificate_facts {
  std::vector<std::string> names; ///< DNS names of the SAN, else the CN; as `domain_key`s.
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
  /// The name that stands for the host, one without a wildcard first; empty if there is none.
  [[nodiscard]] std::string_view name_for(std::string_view host) const;
  [[nodiscard]] bool serves(std::string_view host) const { return !name_for(host).empty(); }
};

/// A certificate as a server shows it. Immutable; sessions keep the one they were shown.
struct certificate : certificate_facts {
  ssl_ctx_ptr context; ///< Chain and key; used through SSL_set_SSL_CTX.
  /// OpenSSL's number of the key's kind (EVP_PKEY_RSA, EVP_PKEY_EC). Of certificates with one
  /// name but keys of several kinds the client takes its choice.
  int key_kind = 0;
  std::shared_ptr<const ocsp_staple> staple; ///< Null: none.
};

/// What a context shows; lives as long as the context.
struct key_pair_view {
  X509* leaf = nullptr;
  EVP_PKEY* key = nullptr;
  STACK_OF(X509) * chain = nullptr; ///< Without the leaf; may be null.
};
[[nodiscard]] key_pair_view key_pair_in(const SSL_CTX* context);

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
  std::vector<std::string>
      warnings; ///< Of the chain: it serves, but clients may not follow it.
};
[[nodiscard]] loaded_certificate load_certificate(std::string_view chain_pem,
                                                  std::string_view key_pem, time_point now);

} // namespace stellwerk::tls

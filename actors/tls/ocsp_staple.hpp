#pragma once

#include "actors/tls/openssl.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stellwerk::tls {

/// What an authority says of a certificate (RFC 6960), for clients that ask us for it
/// (RFC 6066 section 8).
struct ocsp_staple {
  std::string der;
  time_point this_update;
  std::optional<time_point> next_update; ///< Nothing: newer words are to be had at any time.

  /// Clients refuse a response after its end, which is worse than none.
  [[nodiscard]] bool is_fresh(time_point now) const {
    return now >= this_update && (!next_update || now < *next_update);
  }
};

/// Reads a response in DER for the certificate that `context` shows. It is refused, with the
/// reason, if it says anything but "good", is of another certificate, is not fresh at `now`,
/// or, where the issuer is in the chain, isn't signed by it or one it has delegated this to.
struct loaded_staple {
  std::optional<ocsp_staple> staple;
  std::string problem;
};
[[nodiscard]] loaded_staple load_staple(std::string_view der, const SSL_CTX* context,
                                        time_point now);

} // namespace stellwerk::tls

#pragma once

#include "actors/tls/backend_context.hpp"
#include "actors/tls/server_certificates.hpp"
#include "config/diagnostic.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk::tls {

/// All that TLS needs of one configuration: published with its snapshot, never changed.
struct material {
  /// Never null.
  std::shared_ptr<const server_certificates> certificates
      = std::make_shared<const server_certificates>();
  /// By backend name (`old`, `new`, `queue`) and protocol; only where TLS is used.
  std::map<std::pair<std::string, mail_protocol>, std::shared_ptr<const backend_context>>
      backends;

  /// Null where the backend is reached without TLS. Keep it as long as its sessions.
  [[nodiscard]] std::shared_ptr<const backend_context> backend(std::string_view name,
                                                               mail_protocol protocol) const;
};

/// Opens every certificate, key and authority file that the configuration names. Reports all
/// problems under the name `file` (that of stellwerk.yaml), and warns of certificates that are
/// expired, past their `until` or not begun at `now`. With problems the result is not to be
/// used.
[[nodiscard]] material load_material(const configuration& settings, const std::string& file,
                                     time_point now, diagnostics& out);

} // namespace stellwerk::tls

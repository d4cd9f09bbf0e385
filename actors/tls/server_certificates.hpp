#pragma once

#include "actors/tls/certificate.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::tls {

/// What a handshake gets: a certificate, or none.
struct certificate_choice {
  std::shared_ptr<const certificate> chosen{}; ///< None: alert unrecognized_name (RFC 6066).
  /// As good for the same name, with keys of other kinds (RSA beside ECDSA), one of each kind:
  /// the client's signature algorithms decide.
  std::vector<std::shared_ptr<const certificate>> companions{};
  bool by_name = false; ///< Chosen for the name that was asked for.
  bool retired
      = false; ///< None, because a retired name was asked for or stands for the listener.
  std::string retired_name{}; ///< That name as a certificate has it.
};

/// Does retirement apply? Not on port 25: a sender would fall back to clear text.
enum class retirement : bool { never, applies };

/// The certificates of one snapshot, in the order of the configuration. Immutable.
class server_certificates {
public:
  server_certificates() = default;
  explicit server_certificates(std::vector<std::shared_ptr<const certificate>> list)
      : list_{std::move(list)} {}

  /// The rules of SPEC.md "Certificates", at the moment `now`.
  ///
  /// `asked`: the client's server name, empty if it sent none. `bound`: the listener's
  /// `certificate` key, empty if it has none. A name that several certificates serve is retired
  /// when all of them are; the first that is not serves it. A client that asks for nothing on a
  /// listener whose own certificate is retired gets none.
  [[nodiscard]] certificate_choice choose(std::string_view asked, std::string_view bound,
                                          retirement rule, time_point now) const;

  /// Must a listener bound to this name (its `certificate` key) be closed at `now`?
  [[nodiscard]] bool is_retired(std::string_view bound, time_point now) const;

  /// Has any certificate this name? A listener's `certificate` must.
  [[nodiscard]] bool knows(std::string_view name) const;

  [[nodiscard]] const std::vector<std::shared_ptr<const certificate>>& list() const {
    return list_;
  }

private:
  void add_companions(certificate_choice& made, std::string_view host, retirement rule,
                      time_point now) const;

  /// A certificate's name for the host; if there is none, the first of all.
  [[nodiscard]] std::string name_for(std::string_view host) const;

  std::vector<std::shared_ptr<const certificate>> list_;
};

} // namespace stellwerk::tls

#pragma once

#include "tests/actors/interleavings/backend_peer.hpp"

#include <string_view>

namespace stellwerk::test {

/// Where mailboxes are read.
class imap_peer final : public backend_peer {
public:
  /// `capabilities` decide how the proxy logs in.
  imap_peer(io::file_descriptor socket, side where, std::shared_ptr<client> served, watch& seen,
            std::string_view capabilities)
      : backend_peer{std::move(socket), where, std::move(served), seen}, capabilities_{
                                                                             capabilities} {}

  [[nodiscard]] bool trespasses(const std::string& domain) const override;

private:
  void take(std::string& heard) override;
  void take_command(const std::string& line);
  std::string answer_to(const std::string& asked, chance& choices) override;
  [[nodiscard]] std::string answer_to_login(const std::string& tag, chance& choices);
  void note_credentials();

  std::string_view capabilities_;
  std::string exchange_; ///< The tag of an AUTHENTICATE whose credentials are still to come.
  bool has_credentials_ = false; ///< And has not said no.
};

} // namespace stellwerk::test

#pragma once

#include "tests/actors/interleavings/backend_peer.hpp"

#include <vector>

namespace stellwerk::test {

/// Where mail is handed in, with a login or without.
class smtp_peer final : public backend_peer {
public:
  using backend_peer::backend_peer;

  [[nodiscard]] bool trespasses(const std::string& domain) const override;

private:
  void take(std::string& heard) override;
  void take_command(const std::string& line);
  void take_content(std::string& heard);
  std::string answer_to(const std::string& asked, chance& choices) override;
  /// Of the transaction's content, for each whom it concerns.
  void note_content(std::string_view words) const;

  std::vector<std::string> recipients_; ///< Domains of those that were taken.
  std::string asked_for_;               ///< The domain of a recipient that has no answer yet.
  bool has_credentials_ = false;        ///< And has not said no.
  bool in_content_ = false;             ///< Between its 354 and the final dot.
  bool content_owes_ = false;           ///< Between DATA and the reply to the final dot.
};

} // namespace stellwerk::test

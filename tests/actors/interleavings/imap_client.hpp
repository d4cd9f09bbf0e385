#pragma once

#include "tests/actors/interleavings/client.hpp"

namespace stellwerk::test {

/// Logs in, looks now and then whether there is mail, leaves.
class imap_client final : public client {
public:
  using client::client;

  void act(chance& choices, bool leaving) override;

private:
  enum class stage { arrived, logging_in, inside, asking };

  void on_line(const std::string& line) override;
  [[nodiscard]] bool awaits_login() const override { return at_ == stage::logging_in; }

  stage at_ = stage::arrived;
  std::size_t tries_ = 0;
};

} // namespace stellwerk::test

#pragma once

#include "actors/backend_connection.hpp"
#include "actors/cutover/move_messages.hpp"
#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// Measures the gates of a move (protocol/cutover/switch_plan.hpp), but for `idle`, which
/// whoever begins the move knows by itself. Touches nothing; all waits have the budgets of
/// backends.
class gate_keeper {
public:
  gate_keeper(io::coroutine_actor& owner, environment_ptr surroundings)
      : owner_{owner}, surroundings_{std::move(surroundings)} {}

  /// All of them, in the order in which they are told.
  io::task<std::vector<gate_result>> measure(standing now, std::string domain, direction way);

  /// A side's services, each with why it cannot be used; empty: all can.
  io::task<std::vector<std::string>> unusable(standing now, side where);

private:
  struct recipient_answers;

  [[nodiscard]] backend_call call_to(side where, mail_protocol protocol) const;
  io::task<std::string> reach(const standing& now, side where, mail_protocol protocol);
  io::task<gate_result> backends(const standing& now);
  [[nodiscard]] static gate_result accounts(const standing& now, const std::string& domain);
  io::task<recipient_answers> ask_for(const standing& now, side where,
                                      const std::vector<std::string>& addresses);
  io::task<gate_result> recipients(const standing& now, const std::string& domain);
  struct mx_sighting;
  io::task<void> look_at(const standing& now, std::string host, mx_sighting& seen);
  [[nodiscard]] std::optional<mx_memory::clock::time_point>
  remember_mx(const std::string& domain, const mx_sighting& sighting);
  io::task<gate_result> mx(const standing& now, const std::string& domain);
  [[nodiscard]] static gate_result no_relay(const standing& now);
  io::task<gate_result> old_relays(const standing& now);
  io::task<std::string> send_probe(const standing& now, std::string address, std::string token);
  io::task<gate_result> way_back(const standing& now, const std::string& domain);
  [[nodiscard]] gate_result passwords(const standing& now, const std::string& domain) const;

  io::coroutine_actor& owner_;
  environment_ptr surroundings_;
};

} // namespace stellwerk

#pragma once

#include "tests/actors/interleavings/backend_peer.hpp"
#include "tests/actors/interleavings/backend_ports.hpp"
#include "tests/actors/interleavings/chance.hpp"
#include "tests/actors/interleavings/operator_desk.hpp"
#include "tests/actors/interleavings/stepped_system.hpp"
#include "tests/actors/interleavings/watch.hpp"

#include "actors/session.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::test {

/// What one interleaving after the other uses.
struct shared_parts {
  stepped_system& system;
  const backend_ports& ports;
  const client_tls& tls;
  std::shared_ptr<const tls::server_context> server_tls;
  world_ptr first; ///< Routes and `delivery_while_moving` are each one's own.
};

/// A few minutes of a proxy's life: clients come and go, servers answer, domains are led along
/// their edges, each step chosen by the seed, until all is still again. The router, the
/// sessions and all that they are made of are the proxy's own.
///
/// Between two steps nothing runs. So what has reached a server was sent under the epoch that
/// was in force in that step, and whatever the router does is seen at once.
class interleaving {
public:
  interleaving(shared_parts& shared, std::uint64_t seed);
  ~interleaving();
  interleaving(const interleaving&) = delete;
  interleaving& operator=(const interleaving&) = delete;

  /// Until the end, or until something has happened that must not.
  void play();
  [[nodiscard]] const watch& seen() const { return watch_; }

private:
  /// A worker that has one session at a time, so that sessions are run in any order.
  struct place {
    std::shared_ptr<client> guest;
    std::shared_ptr<listener_view> view;
    std::vector<std::unique_ptr<backend_peer>> peers;
  };
  enum class deed { turn, route, answer, act, lead, count, ask_world, work_disk, wait, come };
  static constexpr std::size_t deeds = 10;

  [[nodiscard]] environment_ptr surround() const;
  [[nodiscard]] world_ptr begin_world();
  void draw_weights();
  void do_one();
  void route();
  void turn(std::size_t index);
  void come(std::size_t index);
  void admit(mail_protocol protocol, place& to, std::size_t index);
  void lead();
  void answer_one();
  void hurry();
  void end();
  [[nodiscard]] bool is_still() const;
  void look_at_drains();
  [[nodiscard]] std::unique_ptr<backend_peer>
  welcome(io::file_descriptor socket, side where, mail_protocol service, const place& caller);

  shared_parts& shared_;
  chance chance_;
  while_moving policy_;
  std::string_view capabilities_; ///< Of both IMAP servers.
  watch watch_{policy_};
  operator_desk desk_;
  environment_ptr surroundings_ = surround();
  std::vector<place> places_;
  std::array<unsigned, deeds> weights_{};
  std::vector<unsigned> speeds_; ///< Of the workers.
  standing listener_knows_;      ///< Not always the newest.
};

} // namespace stellwerk::test

#pragma once

#include "tests/actors/interleavings/chance.hpp"
#include "tests/actors/interleavings/slow_disk.hpp"
#include "tests/actors/interleavings/stepped_system.hpp"
#include "tests/actors/interleavings/watch.hpp"

#include "actors/router.hpp"

#include <memory>
#include <span>
#include <string>

namespace stellwerk::test {

/// The router with everybody who asks it for something but the sessions: the operator who leads
/// domains along their edges, and a listener that is told of every world.
class operator_desk {
public:
  operator_desk(stepped_system& system, watch& seen, world_ptr first);
  ~operator_desk();
  operator_desk(const operator_desk&) = delete;
  operator_desk& operator=(const operator_desk&) = delete;

  [[nodiscard]] const router& routes() const { return router_; }
  [[nodiscard]] const std::shared_ptr<epoch_clock>& clock() const { return clock_; }
  [[nodiscard]] const std::shared_ptr<flip_watch>& flips() const { return flips_; }
  [[nodiscard]] const std::shared_ptr<io::side_thread>& disk() const { return disk_.thread(); }
  /// What listeners know by now.
  [[nodiscard]] const standing& known() const { return heard_->now; }
  [[nodiscard]] std::size_t changes_under_way() const { return asked_ - heard_->reported; }

  /// Asks for an edge of a domain, by a reload or by an order for that domain alone.
  void ask_change(const std::string& domain, phase to, bool by_reload);
  /// Asks how many are where they must not be.
  void ask_count(const std::string& domain);
  /// Asks for the world of the epoch that the clock shows.
  void ask_world();
  /// Asks who is anywhere at all; the answer comes with the router's next steps.
  void ask_overview();
  /// As the last overview said.
  [[nodiscard]] std::size_t present() const { return heard_->present; }

  /// The router takes one message; false: it has none.
  bool step();
  /// The disk does what it was asked to.
  void let_disk_work() { disk_.work(); }

private:
  /// What the answers have said.
  struct heard {
    standing now;
    std::size_t reported = 0;
    std::size_t present = 0;
  };

  void tell_watch();

  stepped_system& system_;
  watch& watch_;
  slow_disk disk_;
  std::shared_ptr<epoch_clock> clock_ = std::make_shared<epoch_clock>();
  std::shared_ptr<flip_watch> flips_ = std::make_shared<flip_watch>();
  std::shared_ptr<route_table> written_; ///< As the next reload finds it.
  std::shared_ptr<heard> heard_ = std::make_shared<heard>();
  std::size_t asked_ = 0;
  router router_;
  caf::actor asker_;
};

} // namespace stellwerk::test

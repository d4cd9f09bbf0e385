#pragma once

#include "actors/cutover/disk_writer.hpp"
#include "actors/cutover/move_messages.hpp"
#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <caf/typed_response_promise.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stellwerk {

class domain_move;

/// Performs an order, domain after domain; outlives whoever gave it.
///
///   cancel_move -> cancel_answer   The domain under way is taken back, if that is still
///                                  possible; answered when it has been.
///   disk_written                   Of its own writes.
///
/// Sends `move_progress` and at the end one `move_report` to its listener, or `move_gone` if it
/// ends without. Supervision: it ends with the router, and nobody starts it again; a fault of
/// ours, as anything else that stops it, leaves a move in the journal that the next start takes
/// back or completes, and the domain where it is until then.
class move_runner final : public io::coroutine_actor {
public:
  move_runner(caf::actor_config& config, environment_ptr surroundings, move_order& order,
              caf::actor& listener);
  ~move_runner() override;

  // For the move of a domain; on its own thread.
  [[nodiscard]] environment& surroundings() { return *surroundings_; }
  [[nodiscard]] const environment_ptr& surroundings_ptr() const { return surroundings_; }
  [[nodiscard]] const move_order& order() const { return order_; }
  /// Empty: the records are on disk. Else why not.
  io::task<std::string> journal(std::vector<journal_record> records);
  /// Runs what blocks on the disk's thread, and gives what it returns: empty, or why it failed.
  io::task<std::string> on_disk(std::function<std::string()> write);
  void tell(move_progress progress);

private:
  io::task<void> run() override;
  caf::behavior messages() override;
  void on_failure(std::exception_ptr thrown) noexcept override;
  void on_exit() override;

  environment_ptr surroundings_;
  move_order order_;
  caf::actor listener_;
  std::vector<std::unique_ptr<domain_move>> moves_;
  domain_move* under_way_ = nullptr;
  std::vector<caf::typed_response_promise<cancel_answer>>
      cancellers_; ///< Of the one under way.
  disk_writer disk_;
};

} // namespace stellwerk

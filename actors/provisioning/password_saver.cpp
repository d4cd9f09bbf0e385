#include "actors/provisioning/password_saver.hpp"

#include <caf/event_based_actor.hpp>

#include <utility>

namespace stellwerk {
namespace {

class password_saver final : public caf::event_based_actor {
public:
  password_saver(caf::actor_config& config, std::shared_ptr<password_keeper> keeper)
      : event_based_actor{config}, keeper_{std::move(keeper)} {}

private:
  caf::behavior make_behavior() override {
    if (keeper_)
      delayed_send(this, between_password_saves, caf::tick_atom::value);
    return {[this](caf::tick_atom) {
      keeper_->save();
      delayed_send(this, between_password_saves, caf::tick_atom::value);
    }};
  }

  void on_exit() override { keeper_.reset(); }

  std::shared_ptr<password_keeper> keeper_;
};

} // namespace

caf::actor spawn_password_saver(caf::actor_system& system,
                                std::shared_ptr<password_keeper> keeper) {
  return system.spawn<password_saver>(std::move(keeper));
}

} // namespace stellwerk

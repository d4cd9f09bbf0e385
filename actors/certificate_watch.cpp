#include "actors/certificate_watch.hpp"

#include "actors/log/log.hpp"
#include "actors/tls/certificate_status.hpp"

#include <caf/event_based_actor.hpp>

#include <set>

namespace stellwerk {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes between_looks{10};

class certificate_watch final : public caf::event_based_actor {
public:
  certificate_watch(caf::actor_config& config, router routes)
      : event_based_actor{config}, routes_{std::move(routes)} {}

private:
  caf::behavior make_behavior() override {
    send(routes_, subscribe{caf::actor_cast<caf::actor>(this)});
    routes_ = nullptr;
    delayed_send(this, between_looks, caf::tick_atom::value);
    return {
        [this](const standing& now) {
          const bool news
              = !watched_ || watched_->tls.certificates != now.now->tls.certificates;
          watched_ = now.now;
          if (news)
            look(system_clock::time_point{});
        },
        [this](caf::tick_atom) {
          look(looked_);
          delayed_send(this, between_looks, caf::tick_atom::value);
        },
    };
  }

  void look(system_clock::time_point before) {
    const auto now = system_clock::now();
    for (const auto& one : watched_->tls.certificates->list()) {
      const std::string name = one->names.empty() ? "" : one->names.front();
      if (const auto days = tls::due_warning(*one, before, now))
        log::write(log::event::certificate_expires,
                   {{"name", name}, {"days_left", one->days_left(now)}, {"warning", *days}});
      if (one->retired(now) && !(before != system_clock::time_point{} && one->retired(before)))
        log::write(log::event::certificate_retired, {{"name", name}});
    }
    looked_ = now;
  }

  router routes_;
  world_ptr watched_;
  system_clock::time_point looked_{};
};

} // namespace

caf::actor spawn_certificate_watch(caf::actor_system& system, const router& routes) {
  return system.spawn<certificate_watch>(routes);
}

} // namespace stellwerk

#include "actors/certificate_watch.hpp"

#include "actors/certificate_uses_file.hpp"
#include "actors/log/log.hpp"
#include "actors/tls/certificate_status.hpp"

#include <caf/event_based_actor.hpp>

#include <utility>

namespace stellwerk {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

/// Short, because a machine's clock may be set; a look costs next to nothing.
constexpr std::chrono::seconds between_looks{1};
constexpr std::chrono::minutes between_saves{5};

class certificate_watch final : public caf::event_based_actor {
public:
  certificate_watch(caf::actor_config& config, watched_certificates what)
      : event_based_actor{config}, what_{std::move(what)} {}

private:
  caf::behavior make_behavior() override {
    what_.surroundings->certificate_uses.restore(load_certificate_uses(what_.state_dir));
    send(what_.surroundings->router, subscribe{caf::actor_cast<caf::actor>(this)});
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
          if (watched_)
            look(looked_);
          do_what_is_due(steady_clock::now());
          delayed_send(this, between_looks, caf::tick_atom::value);
        },
    };
  }

  void on_exit() override {
    save();
    watched_.reset();
    what_ = {}; // The router's handle above all.
  }

  void look(system_clock::time_point before) {
    const auto now = system_clock::now();
    const bool first = before == system_clock::time_point{};
    for (const auto& one : watched_->tls.certificates->list()) {
      const std::string name = one->names.empty() ? "" : one->names.front();
      if (const auto days = tls::due_warning(*one, before, now))
        log::write(log::event::certificate_expires,
                   {{"name", name}, {"days_left", one->days_left(now)}, {"warning", *days}});
      if (one->retired(now) && (first || !one->retired(before)))
        log::write(log::event::certificate_retired, {{"name", name}});
      if (one->staple && !one->staple->is_fresh(now)
          && (first || one->staple->is_fresh(before)))
        log::write(log::event::ocsp_response_stale, {{"name", name}});
    }
    looked_ = now;
  }

  void do_what_is_due(steady_clock::time_point now) {
    if (now - rotated_ >= tls::ticket_keys::lifetime) {
      what_.server_tls->rotate_ticket_keys();
      rotated_ = now;
    }
    if (now - saved_ >= between_saves) {
      save();
      saved_ = now;
    }
  }

  void save() {
    auto all = what_.surroundings->certificate_uses.all();
    if (all == last_saved_)
      return;
    last_saved_ = all;
    what_.disk->post([folder = what_.state_dir, all = std::move(all)] {
      if (const auto problem = save_certificate_uses(folder, all); !problem.empty())
        log::write(log::event::warning_noted, {{"what", problem}});
    });
  }

  watched_certificates what_;
  world_ptr watched_;
  system_clock::time_point looked_{};
  steady_clock::time_point rotated_ = steady_clock::now();
  steady_clock::time_point saved_ = steady_clock::now();
  tls::certificate_ledger::records last_saved_;
};

} // namespace

caf::actor spawn_certificate_watch(caf::actor_system& system, watched_certificates what) {
  return system.spawn<certificate_watch>(std::move(what));
}

} // namespace stellwerk

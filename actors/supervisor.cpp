#include "actors/supervisor.hpp"

#include "actors/admin_server.hpp"
#include "actors/backend_probe.hpp"
#include "actors/io/dns_resolver.hpp"
#include "actors/listener.hpp"
#include "actors/log/log.hpp"
#include "actors/restart_pause.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>

namespace stellwerk {
namespace {

/// What a probe is for.
struct probed_service {
  backend_id where = side::on_old;
  mail_protocol protocol = mail_protocol::imap;
  auto operator<=>(const probed_service&) const = default;
};

// To the supervisor and to the resolver's front themselves: the pause is over.
struct probe_due {
  probed_service service;
};
struct control_due {};
struct admin_due {};
struct resolver_due {};

} // namespace
} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::probe_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::control_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::admin_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::resolver_due)

namespace stellwerk {
namespace {

class supervisor final : public caf::event_based_actor {
public:
  supervisor(caf::actor_config& config, std::shared_ptr<supervised> what)
      : event_based_actor{config}, what_{std::move(what)} {}

private:
  caf::behavior make_behavior() override {
    set_down_handler([this](caf::down_msg& gone) { on_down(gone); });
    monitor(what_->surroundings->router);
    if (what_->admin_port)
      start_admin();
    for (const auto where : {side::on_old, side::on_new})
      for (const auto protocol : all_protocols)
        start_probe({where, protocol}, probe_done());
    start_probe({backend_id::queue(), mail_protocol::smtp}, probe_done());
    return {
        [this](open_doors) { open(); },
        [this](const drain_request& asked) -> caf::result<drain_report> {
          auto promise = make_response_promise<drain_report>();
          drains_.push_back(promise);
          if (drains_.size() == 1)
            drain(asked.requested_by);
          return promise;
        },
        [this](cut_order) {
          for (const auto& [address, listener] : listeners_)
            send(listener, cut_order{});
        },
        [this](const probe_due& due) { start_probe(due.service, nullptr); },
        [this](control_due) { start_control(); },
        [this](admin_due) { start_admin(); },
    };
  }

  /// The last of the first probes to end says so.
  std::function<void()> probe_done() {
    return [left = probes_left_, done = what_->on_probed] {
      if (left->fetch_sub(1) == 1)
        done();
    };
  }

  io::worker& worker(std::size_t number) {
    return *(*what_->workers)[number % what_->workers->size()];
  }

  void start_probe(const probed_service& of, std::function<void()> first_done) {
    auto probe = io::spawn_pinned<backend_probe>(worker(next_worker_++), what_->surroundings,
                                                 of.where, of.protocol, std::move(first_done));
    monitor(probe);
    probe_pauses_[of].on_start(clock::now());
    probes_[probe.address()] = {of, probe};
  }

  void start_control() {
    control_pause_.on_start(clock::now());
    control_ = io::spawn_pinned<control_server>(
        worker(0), what_->surroundings, what_->control_port, caf::actor_cast<caf::actor>(this));
    monitor(control_);
  }

  void start_admin() {
    admin_pause_.on_start(clock::now());
    admin_ = io::spawn_pinned<admin_server>(worker(0), what_->surroundings, what_->admin_port);
    monitor(admin_);
  }

  void open() {
    if (std::exchange(doors_open_, true))
      return;
    start_control();
    for (auto& one : what_->listeners) {
      for (std::size_t i = 0; i < one.ports.size(); ++i) {
        auto door = io::spawn_pinned<listener>(worker(i), what_->surroundings, one.settings,
                                               one.ports[i]);
        monitor(door);
        listeners_[door.address()] = door;
        send(what_->surroundings->router, subscribe{door});
      }
      log::write(log::event::listening, {{"protocol", text_of(one.settings.protocol)},
                                         {"address", text_of(one.settings.address)},
                                         {"tls", text_of(one.settings.tls)}});
    }
    if (drains_.empty())
      what_->surroundings->stage = stage::serving;
  }

  void drain(const std::string& by) {
    sessions_at_drain_ = what_->surroundings->connections.total();
    what_->surroundings->stage = stage::draining;
    log::write(log::event::draining, {{"by", by}, {"connections", sessions_at_drain_}});
    listeners_draining_ = listeners_.size();
    for (const auto& [address, one] : listeners_)
      request(one, caf::infinite, drain_listener{})
          .then([this](listener_drained) { one_listener_less(); },
                [this](caf::error&) { one_listener_less(); });
    delayed_send(this, what_->drain_budget, cut_order{});
    if (listeners_.empty())
      all_drained();
  }

  void one_listener_less() {
    if (--listeners_draining_ == 0)
      all_drained();
  }

  void all_drained() {
    // A promise holds its actor: kept, it would keep this one alive for ever.
    for (auto& promise : std::exchange(drains_, {}))
      promise.deliver(drain_report{sessions_at_drain_});
    end(end_cause::drained);
  }

  void on_down(const caf::down_msg& gone) {
    if (ending_)
      return;
    if (const auto probe = probes_.find(gone.source); probe != probes_.end()) {
      const auto of = probe->second.service;
      probes_.erase(probe);
      start_later("backend_probe", probe_pauses_[of], probe_due{of});
    } else if (control_ && gone.source == control_.address()) {
      control_ = nullptr;
      start_later("control_server", control_pause_, control_due{});
    } else if (admin_ && gone.source == admin_.address()) {
      admin_ = nullptr;
      start_later("admin_server", admin_pause_, admin_due{});
    } else {
      log::write(log::event::actor_died, {{"actor", "router or listener"}});
      end(end_cause::actor_lost);
    }
  }

  template <class Due> void start_later(const char* actor, restart_pause& pauses, Due due) {
    const auto pause = pauses.on_death(clock::now());
    log::write(log::event::actor_died, {{"actor", actor}, {"pause_s", pause.count()}});
    delayed_send(this, pause, std::move(due));
  }

  void end(end_cause cause) {
    ending_ = true;
    for (const auto& [address, probe] : probes_)
      send_exit(probe.handle, caf::exit_reason::user_shutdown);
    for (const auto& [address, one] : listeners_)
      send_exit(one, caf::exit_reason::user_shutdown);
    send_exit(control_, caf::exit_reason::user_shutdown);
    send_exit(admin_, caf::exit_reason::user_shutdown);
    what_->on_end(cause);
    control_ = nullptr;
    admin_ = nullptr;
    probes_.clear();
    listeners_.clear();
    what_.reset();
    quit();
  }

  using clock = restart_pause::clock;
  struct running_probe {
    probed_service service;
    caf::actor handle;
  };

  std::shared_ptr<supervised> what_;
  std::shared_ptr<std::atomic<std::size_t>> probes_left_
      = std::make_shared<std::atomic<std::size_t>>(2 * all_protocols.size() + 1);
  std::map<caf::actor_addr, running_probe> probes_;
  std::map<probed_service, restart_pause> probe_pauses_;
  std::map<caf::actor_addr, caf::actor> listeners_;
  caf::actor control_;
  restart_pause control_pause_;
  caf::actor admin_;
  restart_pause admin_pause_;
  std::size_t next_worker_ = 0;
  std::size_t listeners_draining_ = 0;
  std::size_t sessions_at_drain_ = 0;
  bool doors_open_ = false;
  bool ending_ = false;
  std::vector<caf::typed_response_promise<drain_report>> drains_;
};

class resolver_front final : public caf::event_based_actor {
public:
  resolver_front(caf::actor_config& config, io::worker& home, std::string servers)
      : event_based_actor{config}, home_{home}, servers_{std::move(servers)} {}

private:
  caf::behavior make_behavior() override {
    set_down_handler([this](caf::down_msg&) {
      resolver_ = nullptr;
      const auto pause = pause_.on_death(restart_pause::clock::now());
      log::write(log::event::actor_died,
                 {{"actor", "dns_resolver"}, {"pause_s", pause.count()}});
      delayed_send(this, pause, resolver_due{});
    });
    start();
    return {
        [this](const io::resolve_request& asked) -> caf::result<io::resolved> {
          if (!resolver_)
            return io::resolved{{}, "the resolver has failed and is started again soon"};
          static_cast<void>(delegate(resolver_, asked));
          return caf::delegated<io::resolved>{};
        },
        [this](const io::mx_request& asked) -> caf::result<io::mx_records> {
          if (!resolver_)
            return io::mx_records{{}, 0, "the resolver has failed and is started again soon"};
          static_cast<void>(delegate(resolver_, asked));
          return caf::delegated<io::mx_records>{};
        },
        [this](resolver_due) { start(); },
    };
  }

  void start() {
    pause_.on_start(restart_pause::clock::now());
    resolver_ = io::spawn_pinned<io::dns_resolver>(home_, servers_);
    monitor(resolver_);
  }

  void on_exit() override {
    if (resolver_) {
      demonitor(resolver_);
      send_exit(resolver_, caf::exit_reason::user_shutdown);
      resolver_ = nullptr;
    }
  }

  io::worker& home_;
  std::string servers_;
  caf::actor resolver_;
  restart_pause pause_;
};

} // namespace

caf::actor spawn_supervisor(caf::actor_system& system, supervised what) {
  return system.spawn<supervisor>(std::make_shared<supervised>(std::move(what)));
}

caf::actor spawn_resolver(io::worker& home, std::string servers) {
  return home.system().spawn<resolver_front>(std::ref(home), std::move(servers));
}

} // namespace stellwerk

#include "actors/serve.hpp"

#include "actors/admin_server.hpp"
#include "actors/carried_accounts.hpp"
#include "actors/certificate_watch.hpp"
#include "actors/cli/check.hpp"
#include "actors/cutover/recovered_move.hpp"
#include "actors/findings/finding_keeper.hpp"
#include "actors/first_state.hpp"
#include "actors/flip_file.hpp"
#include "actors/io/notify_socket.hpp"
#include "actors/listener.hpp"
#include "actors/log/log.hpp"
#include "actors/privileges.hpp"
#include "actors/provisioning/password_saver.hpp"
#include "actors/recipient_keeper.hpp"
#include "actors/state_folder.hpp"
#include "actors/supervisor.hpp"
#include "actors/watchdog.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <csignal>
#include <filesystem>
#include <future>
#include <iostream>
#include <malloc.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <system_error>

namespace stellwerk {
namespace {

using cli::exit_code;

/// How long the doors stay closed for the backends' capabilities to be learned.
constexpr std::chrono::seconds probe_patience{3};

constexpr const char* runs_as_root
    = "runs as root: name another user in stellwerk.yaml, as in `user: stellwerk`";

struct quiet_config : caf::actor_system_config {
  quiet_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2);
  }
};

/// Signals as a descriptor, blocked in every thread that is started after.
class signal_source {
public:
  signal_source() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
      sigaddset(&wanted, signal);
    ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    descriptor_ = io::file_descriptor{::signalfd(-1, &wanted, SFD_CLOEXEC)};
  }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] int take() const {
    signalfd_siginfo info{};
    return ::read(descriptor_.get(), &info, sizeof info) == sizeof info
               ? static_cast<int>(info.ssi_signo)
               : 0;
  }

private:
  io::file_descriptor descriptor_;
};

/// Every session needs two descriptors: take as many as are allowed.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
  }
}

/// As the `user:` of the configuration from here on; only low ports can still be bound.
void become_user(const configuration& settings) {
  if (const auto who = find_user(settings.user)) {
    prepare_state_folder(settings.state_dir, *who);
    become(*who);
  } else {
    std::filesystem::create_directories(settings.state_dir);
  }
}

std::vector<supervised::listening> open_ports(const configuration& settings,
                                              std::size_t workers) {
  std::vector<supervised::listening> opened;
  for (const auto& one : settings.listeners) {
    supervised::listening listening{one, {}};
    for (std::size_t i = 0; i < workers; ++i)
      listening.ports.push_back(open_port(one.address));
    opened.push_back(std::move(listening));
  }
  return opened;
}

std::size_t workers_of(const configuration& settings) {
  return settings.workers > 0 ? settings.workers
                              : std::max(1U, std::thread::hardware_concurrency());
}

/// None, with a word why, if somebody else has the default port: mail goes first.
struct admin_opening {
  std::shared_ptr<io::file_descriptor> port;
  std::string problem;
};
admin_opening open_admin(const admin_settings& settings) {
  try {
    return {std::make_shared<io::file_descriptor>(open_admin_port(settings.listen)), {}};
  } catch (const std::system_error& failure) {
    if (settings.is_written)
      throw;
    return {nullptr, std::string{failure.what()} + "; no metrics, no health"};
  }
}

/// Tells the service manager that files are being loaded, until they are.
void reload_for(caf::actor_system& system, const router& routes) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  io::notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since.count()));
  const auto ask = [](caf::event_based_actor* self, const router& whom) {
    self->request(whom, caf::infinite, reload_request{false, "SIGHUP"})
        .then([](const reload_report&) { io::notify_service_manager("READY=1"); },
              [](const caf::error&) {}); // The process ends.
  };
  system.spawn(ask, routes);
}

/// Asks the router for the watchdog.
void ask_for_pulse(caf::actor_system& system, const router& routes, pulse::answer answered) {
  const auto ask = [answered = std::move(answered)](caf::event_based_actor* self,
                                                    const router& whom) {
    self->request(whom, caf::infinite, get_standing{})
        .then([answered](const standing&) { *answered = true; }, [](const caf::error&) {});
  };
  system.spawn(ask, routes);
}

std::string servers_text(const dns_settings& dns) {
  std::string text;
  for (const auto& server : dns.servers)
    text += (text.empty() ? "" : ",") + text_of(server);
  return text;
}

/// Everything that runs, in the order in which it must go.
class proxy {
public:
  /// Takes what can be taken once only: the lock, the ports. Starts no thread.
  proxy(std::filesystem::path file, const load_outcome& files)
      : file_{std::move(file)}, found_{files.found}, lock_{lock_state(
                                                         files.loaded->settings().state_dir)},
        first_{begin_state(files.loaded)}, worker_count_{workers_of(first_.now->settings())},
        listeners_{open_ports(first_.now->settings(), worker_count_)},
        control_{std::make_shared<io::file_descriptor>(
            open_control_port(first_.now->settings().control))},
        admin_{open_admin(first_.now->settings().admin)} {}

  exit_code run(const signal_source& signals) {
    const auto& settings = first_.now->settings();
    tell_recovery();
    quiet_config config;
    caf::actor_system system{config};
    std::vector<std::unique_ptr<io::worker>> workers;
    for (std::size_t i = 0; i < worker_count_; ++i)
      workers.push_back(std::make_unique<io::worker>(system, i));
    for (auto& one : workers)
      one->start();

    auto disk = std::make_shared<io::side_thread>();
    // No journal waits for a database that is silent.
    auto changes = std::make_shared<io::side_thread>();
    auto clock = std::make_shared<epoch_clock>();
    auto surroundings = std::make_shared<environment>();
    surroundings->clock = clock;
    surroundings->hostname = settings.hostname;
    surroundings->disk = disk;
    surroundings->state_dir = settings.state_dir;
    surroundings->instance = first_.lasting.instance;
    surroundings->flips->restore(load_flips(settings.state_dir));
    surroundings->findings
        = std::make_shared<finding_keeper>(settings.state_dir, settings.findings);
    surroundings->mx_seen.restore(load_mx_memory(settings.state_dir));
    surroundings->carried
        = std::make_shared<carried_accounts>(settings.state_dir, disk, first_.carried);
    if (const auto& file = settings.provisioning.file; !file.empty())
      surroundings->passwords
          = std::make_shared<password_keeper>(std::filesystem::absolute(file), disk);
    auto server_tls = std::make_shared<tls::server_context>();
    surroundings->server_tls = server_tls;
    surroundings->router
        = system.spawn(run_router, first_.now, found_, first_.lasting, clock,
                       surroundings->flips, changes, [file = file_](const snapshot& in_force) {
                         return load_world(file, loading::for_reload, &in_force);
                       });
    auto open_moves = hold_open_moves(*workers.front(), surroundings);
    surroundings->resolver = spawn_resolver(*workers.front(), servers_text(settings.dns));
    auto certificates = spawn_certificate_watch(
        system, {surroundings, std::move(server_tls), disk, settings.state_dir});

    auto recipients = spawn_recipient_keeper(system, surroundings);
    auto passwords = spawn_password_saver(system, surroundings->passwords);

    std::promise<void> probed;
    auto all_probed = probed.get_future();
    auto supervisor = spawn_supervisor(
        system, supervised{.surroundings = surroundings,
                           .workers = &workers,
                           .listeners = std::move(listeners_),
                           .control_port = control_,
                           .admin_port = admin_.port,
                           .drain_budget = settings.budgets.drain,
                           .on_end = [this](end_cause cause) { tell_end(cause); },
                           .on_probed = [&probed] { probed.set_value(); }});
    all_probed.wait_for(probe_patience);
    caf::anon_send(supervisor, open_doors{});
    tell_admin();
    for (const auto& one : open_moves)
      caf::anon_send(one, doors_are_open{});
    open_moves.clear();
    log::write(log::event::started, {{"version", STELLWERK_VERSION},
                                     {"epoch", first_.now->epoch()},
                                     {"workers", worker_count_},
                                     {"pid", ::getpid()}});
    io::notify_service_manager("READY=1");

    watchdog pings{pulse{workers, [&](pulse::answer answered) {
                           ask_for_pulse(system, surroundings->router, std::move(answered));
                         }}};
    const auto code = attend(system, signals, surroundings->router, supervisor, pings);
    io::notify_service_manager("STOPPING=1");

    caf::anon_send_exit(certificates, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(recipients, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(passwords, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(surroundings->resolver, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(surroundings->router, caf::exit_reason::user_shutdown); // And moves.
    certificates = nullptr;
    recipients = nullptr;
    passwords = nullptr;
    supervisor = nullptr;
    system.await_all_actors_done(); // Until then they read `surroundings`.
    surroundings->resolver = nullptr;
    surroundings->router = nullptr;
    surroundings->findings = nullptr; // What was found last is written now.
    for (auto& one : workers)
      one->stop();
    if (surroundings->passwords)
      surroundings->passwords->finish();
    ::unlink(settings.control.c_str());
    log::write(log::event::stopped);
    return code;
  }

private:
  void tell_recovery() const {
    for (const auto& move : first_.recovered.found)
      log::write(log::event::move_recovered, {{"move", move.id},
                                              {"domain", move.domain},
                                              {"phase", text_of(move.belongs())},
                                              {"committed", move.is_committed}});
    for (const auto& warning : first_.recovered.warnings)
      log::write(log::event::warning_noted, {{"what", warning}});
  }

  /// Before anybody else can ask for a phase: what is open is held.
  [[nodiscard]] std::vector<caf::actor> hold_open_moves(io::worker& home,
                                                        const environment_ptr& surroundings) {
    std::vector<caf::actor> runners;
    for (auto& one : first_.recovered.open) {
      caf::anon_send(surroundings->router, hold_of(one));
      runners.push_back(spawn_recovered_move(home, surroundings, std::move(one)));
    }
    return runners;
  }

  void tell_admin() const {
    if (admin_.port)
      log::write(log::event::admin_listening,
                 {{"address", io::endpoint::local_of(admin_.port->get()).text()}});
    else
      log::write(log::event::warning_noted, {{"what", admin_.problem}});
  }

  void tell_end(end_cause cause) {
    cause_ = cause;
    ::eventfd_write(ended_.get(), 1);
  }

  /// The main thread's life: signals, until the supervisor says that it is over.
  exit_code attend(caf::actor_system& system, const signal_source& signals,
                   const router& routes, const caf::actor& supervisor, watchdog& pings) {
    for (;;) {
      std::array<pollfd, 2> sources{
          {{signals.descriptor(), POLLIN, 0}, {ended_.get(), POLLIN, 0}}};
      if (::poll(sources.data(), sources.size(), pings.wait_milliseconds()) < 0)
        continue;
      pings.look();
      if (sources[1].revents != 0)
        return cause_ == end_cause::drained ? exit_code::done : exit_code::our_bug;
      if (sources[0].revents == 0)
        continue;
      const int signal = signals.take();
      if (signal == SIGHUP)
        reload_for(system, routes);
      else
        caf::anon_send(supervisor, drain_request{signal == SIGTERM ? "SIGTERM" : "SIGINT"});
    }
  }

  std::filesystem::path file_;
  diagnostics found_;
  io::file_descriptor lock_;
  first_state first_;
  std::size_t worker_count_;
  std::vector<supervised::listening> listeners_;
  std::shared_ptr<io::file_descriptor> control_;
  admin_opening admin_;
  io::file_descriptor ended_{::eventfd(0, EFD_CLOEXEC)};
  std::atomic<end_cause> cause_{end_cause::drained};
};

} // namespace

exit_code serve(const cli::arguments& asked) {
  const auto loaded = load_world(asked.config_file, loading::for_start);
  if (!loaded.loaded) {
    std::cerr << cli::check_text(loaded.found, asked.config_file);
    return may_pass(loaded.found) ? exit_code::refused : exit_code::configuration;
  }
  const signal_source signals;
  raise_descriptor_limit();
  // Fixed, or glibc raises it to the size of our buffers, keeps them in its arenas, and a proxy
  // that once was busy stays big.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  const auto& settings = loaded.loaded->settings();
  auto code = exit_code::our_bug;
  try {
    become_user(settings);
    proxy it{asked.config_file, loaded};
    if (!settings.user.empty() && ::geteuid() != 0)
      drop_capabilities(); // Before the first thread: they are each thread's own.
    log::start(log::settings_of(settings.log));
    for (const auto& one : loaded.found)
      log::write(log::event::warning_noted, {{"what", text_of(one)}});
    if (::geteuid() == 0)
      log::write(log::event::warning_noted, {{"what", runs_as_root}});
    code = it.run(signals);
  } catch (const start_failure& failure) {
    std::cerr << "stellwerk: " << failure.text << '\n';
    code = failure.code;
  } catch (const std::system_error& failure) {
    std::cerr << "stellwerk: " << failure.what() << ". Nothing was started.\n";
    code = exit_code::refused;
  }
  log::stop();
  return code;
}

} // namespace stellwerk

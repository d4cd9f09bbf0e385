#pragma once

#include "actors/backend_connection.hpp"
#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "actors/leg.hpp"
#include "actors/log/log.hpp"
#include "actors/messages.hpp"
#include "actors/metrics/session_tally.hpp"
#include "config/policy_in_force.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace stellwerk {

class session;

/// A listener as its sessions see it.
struct listener_view {
  listener_settings settings;
  std::string name; ///< In logs: `imap:993`.
  /// The living sessions of this listener; touched on its worker's thread alone.
  std::vector<session*> living;
  /// Called when one of them has ended.
  std::function<void()> changed;
  metrics::listener_counts* counted = nullptr; ///< In the environment.
};

/// What a session is born with.
struct session_birth {
  environment_ptr surroundings;
  std::shared_ptr<listener_view> listener;
  standing at_birth;
  io::endpoint client;
  io::file_descriptor socket;
  /// The peer is a balancer (`proxy_protocol_from`), whose header says who the client is.
  bool behind_balancer = false;
  /// Empty behind a balancer, and where nobody has to log in.
  place_ledger::place stranger{};
};

/// Does a client of this listener count as a stranger until it has logged in? Not on port 25,
/// where servers never do, nor where all hear a notice.
[[nodiscard]] bool counts_strangers(const listener_settings& listener);

/// Thrown by the waits of a session to end it: the client is gone, too late, or the drain
/// budget is over. Its text goes to the log.
class session_over : public std::runtime_error {
public:
  using runtime_error::runtime_error;
};

/// What all client sessions share: birth, TLS toward the client, the orders to end, the log.
///
/// Takes `drain_order` (ends at the next safe point), `cut_order` (ends now, unless a message's
/// final reply is being awaited) and `release_order`.
class session : public io::coroutine_actor {
public:
  session(caf::actor_config& config, session_birth& birth);

  /// As the orders by message do; for the session's own listener, on the same thread.
  void order_drain(std::string reason);
  void order_cut();

  // For the parts a session is made of; on its own thread.
  [[nodiscard]] leg& client() { return client_; }
  [[nodiscard]] environment& surroundings() const { return *surroundings_; }
  [[nodiscard]] const environment_ptr& surroundings_ptr() const { return surroundings_; }
  [[nodiscard]] const listener_settings& listener() const { return listener_->settings; }
  /// In logs and findings: `imap:993`.
  [[nodiscard]] const std::string& listener_name() const { return listener_->name; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const io::endpoint& client_end() const { return client_end_; }
  [[nodiscard]] const io::endpoint& local_end() const { return local_end_; }
  [[nodiscard]] standing& current() { return current_; }
  [[nodiscard]] const backend_facts& facts() const { return *current_.facts; }
  [[nodiscard]] const world& now_in_force() const { return *current_.now; }
  [[nodiscard]] bool epoch_has_changed() const {
    return surroundings_->clock->now() != current_.now->epoch();
  }

  /// Has the order to end come? The text is for the client.
  [[nodiscard]] bool is_draining() const { return draining_; }
  [[nodiscard]] const std::string& drain_reason() const { return drain_reason_; }
  /// After a login is decided and counted anew, the order that its old place caused is void;
  /// one from the listener or the operator is not.
  void forget_drain();
  /// When this session is to decide anew whose login has been parked under what is in force
  /// for it; `max` while that holds it.
  [[nodiscard]] io::clock::time_point release_due() const;
  /// The drain budget is over, and nothing holds the cut.
  [[nodiscard]] bool is_cut() const { return cut_ && !cut_held_; }
  /// Throws session_over.
  void throw_if_cut() const;
  void look_at_orders() const final { throw_if_cut(); }
  /// While true a cut waits: the final dot is out, its reply isn't in.
  void hold_cut(bool hold);

  /// Waits for more octets of the client; throws session_over when there will be none or the
  /// client is too late. Returns early, with nothing new, when an order to end has come.
  io::task<void> hear_client(io::clock::time_point until);
  /// Sends to the client and waits until it is taken; throws session_over.
  io::task<void> tell_client(std::string_view text, io::clock::time_point until);
  /// Once per command: a client that sends without pause and reads none of the replies gets no
  /// more of them than `max_unread_octets`, and the others of this worker have their turn.
  io::task<void> pace_client(io::clock::time_point until);
  /// TLS toward the client; throws session_over.
  io::task<void> client_handshake(io::clock::time_point until);
  /// STARTTLS: sends the yes, refuses what came behind it in clear, shakes hands.
  io::task<void> upgrade_client(std::string_view yes, io::clock::time_point until);

  /// Counts this session anew (`enter`) and takes over what is in force then.
  io::task<void> enter_as(std::uint64_t ticket, presence who);
  /// Takes over what is in force.
  io::task<void> refresh_standing();
  /// A call to a backend in the client's name.
  [[nodiscard]] backend_call call_to(backend_id where, mail_protocol service) const;
  /// Tells the router what a connection has shown of a backend, if that is news.
  void learn(backend_id where, mail_protocol service, service_facts shown);

  [[nodiscard]] io::clock::time_point within(std::chrono::milliseconds budget) const {
    return now() + budget;
  }
  void log(log::event what, std::initializer_list<log::field> fields = {}) const;
  /// A connection to a backend stands and is prepared; it was begun at `began`.
  void log_ready(backend_id where, backend_connection& ready,
                 io::clock::time_point began) const;
  /// The rules for this client, under what is in force for it; now.
  [[nodiscard]] policy_in_force rules() const { return rules_of(now_in_force()); }
  [[nodiscard]] policy_in_force rules_of(const world& now) const {
    return {now.current, client_end_.address(), std::chrono::system_clock::now()};
  }
  /// Counts that an exception has let through what `login` does; null: none was needed.
  void note_exception(const exception_settings* used, std::string_view login) const;
  /// This client has logged in: it is no stranger, and still uses the name it came by.
  void note_login(std::string_view login);
  /// While its login is parked a client is no stranger.
  void count_as_parked(bool is_parked);
  /// Records what is to be recorded of a login, once however often it is judged (`logged`).
  void log_finding(const login_judgement& judged, std::optional<login_finding>& logged) const;

protected:
  /// The dialogue, once implicit TLS stands.
  virtual io::task<void> converse() = 0;
  /// Of its listener.
  [[nodiscard]] virtual mail_protocol protocol() const = 0;
  /// What a client hears before the connection is closed because it was silent for too long.
  [[nodiscard]] virtual std::string words_when_late() const = 0;

  /// What flowed through after the login; for the log.
  struct octets_relayed {
    std::uint64_t to_client = 0;
    std::uint64_t to_backend = 0;
  };
  void note_relayed(octets_relayed flowed) { relayed_ = flowed; }

private:
  io::task<void> run() final;
  caf::behavior messages() final;
  void on_failure(std::exception_ptr thrown) noexcept final;
  void on_exit() final;
  io::task<void> meet_client();
  void turn_away(std::string_view limit);
  io::task<void> linger();
  void log_end(const char* because) const;

  environment_ptr surroundings_;
  std::shared_ptr<listener_view> listener_;
  standing current_;
  io::endpoint client_end_;
  io::endpoint local_end_;
  std::string client_address_; // As it is counted; empty: not known yet.
  std::string id_;
  mutable metrics::session_tally tally_; // Told by the log, which says all that counts.
  place_ledger::place stranger_;         // Until the login.
  leg client_;
  io::file_descriptor accepted_;
  std::string drain_reason_;
  octets_relayed relayed_;
  int turns_ = 0; // Without a pause.
  bool behind_balancer_ = false;
  bool draining_ = false;
  bool drain_is_final_ = false;
  bool cut_ = false;
  bool cut_held_ = false;
  release_order released_; // The last.
  io::clock::time_point release_due_;
  io::clock::time_point began_;
};

/// Counts a session at a backend for as long as it lives.
class ticket {
public:
  explicit ticket(environment_ptr surroundings)
      : surroundings_{std::move(surroundings)}, number_{surroundings_->next_ticket++} {}
  ~ticket();
  ticket(ticket&& other) noexcept = default;
  ticket& operator=(ticket&&) = delete;

  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Counts no more; `enter` with its number counts it again.
  void leave_now() const;

private:
  environment_ptr surroundings_;
  std::uint64_t number_;
};

} // namespace stellwerk

#include "actors/session.hpp"

#include "actors/balancer_header.hpp"
#include "actors/listener_words.hpp"
#include "actors/place_caps.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <random>

namespace stellwerk {
namespace {

/// Unlikely to come twice in the logs of a month: a start drawn at random, then counting.
std::string draw_id() {
  static std::atomic<std::uint32_t> next{std::random_device{}()};
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", next.fetch_add(1));
  return text.data();
}

/// For a balancer's header, which comes with its first segment; time for one that was lost.
constexpr std::chrono::seconds balancer_budget{10};
constexpr std::size_t max_unread_octets = 64 * 1024;
constexpr int turns_before_yield = 32;
constexpr std::chrono::seconds longest_linger{2};
constexpr std::size_t most_lingered_octets = 1024 * 1024;

} // namespace

bool counts_strangers(const listener_settings& listener) {
  return listener.protocol != mail_protocol::smtp && listener.tls != listener_tls::refuse;
}

ticket::~ticket() {
  if (surroundings_)
    leave_now();
}

void ticket::leave_now() const { caf::anon_send(surroundings_->router, leave{number_}); }

session::session(caf::actor_config& config, session_birth& birth)
    : coroutine_actor{config}, surroundings_{birth.surroundings}, listener_{birth.listener},
      current_{birth.at_birth}, client_end_{birth.client},
      client_address_{birth.behind_balancer ? std::string{} : birth.client.address()},
      id_{draw_id()}, tally_{surroundings_->counted, *listener_->counted},
      stranger_{std::move(birth.stranger)}, client_{*this}, accepted_{std::move(birth.socket)},
      behind_balancer_{birth.behind_balancer}, began_{now()} {
  listener_->living.push_back(this);
}

// Here, not in the destructor: the last handle may be dropped on any thread.
void session::on_exit() {
  coroutine_actor::on_exit();
  client_.stream().close();
  std::erase(listener_->living, this);
  stranger_.give_up();
  surroundings_->connections.release(client_address_);
  tally_.end();
  listener_->changed();
}

caf::behavior session::messages() {
  return {
      [this](const drain_order& order) {
        if (!draining_)
          drain_reason_ = order.reason;
        draining_ = true;
        drain_is_final_ = drain_is_final_ || order.is_final;
        wake();
      },
      [this](cut_order) { order_cut(); },
      [this](const release_order& order) {
        released_ = order;
        release_due_ = now() + order.after;
        wake();
      },
  };
}

void session::order_drain(std::string reason) {
  drain_reason_ = std::move(reason);
  draining_ = drain_is_final_ = true;
  wake();
}

void session::order_cut() {
  cut_ = true;
  wake();
}

void session::forget_drain() { draining_ = drain_is_final_; }

// An order of an epoch that this session has decided under already came too late to count.
io::clock::time_point session::release_due() const {
  return released_.epoch > current_.now->epoch() ? release_due_ : io::clock::time_point::max();
}

void session::throw_if_cut() const {
  if (is_cut())
    throw session_over{"cut, the drain budget is over"};
}

void session::hold_cut(bool hold) { cut_held_ = hold; }

io::task<void> session::run() {
  local_end_ = io::endpoint::local_of(accepted_.get());
  if (!client_.stream().transport().adopt(std::move(accepted_)))
    throw session_over{"the kernel refused to watch the connection"};
  if (behind_balancer_)
    co_await meet_client();
  log(log::event::session_started, {{"client", client_end_.text()}});
  if (listener().tls == listener_tls::implicit)
    co_await client_handshake(within(now_in_force().settings().limits.unauthenticated));
  co_await converse();
  // What is still unsent gets a last chance; then goodbye.
  static_cast<void>(co_await client_.flush(within(std::chrono::seconds{5})));
  client_.stream().finish();
  log_end("done");
  co_await linger();
}

// What the balancer says of the client holds from here on, for everything.
io::task<void> session::meet_client() {
  const auto& limits = now_in_force().settings().limits;
  const auto budget
      = std::min<std::chrono::milliseconds>(limits.unauthenticated, balancer_budget);
  const auto per_address = limits.connections_per_address;
  const auto said = co_await hear_balancer(*this, client_.stream().transport(), within(budget));
  if (!said.problem.empty()) {
    log(log::event::proxy_header_missing,
        {{"balancer", client_end_.text()}, {"why", said.problem}});
    throw session_over{"no PROXY header"};
  }
  if (said.ends) {
    log(log::event::proxy_header_read, {{"balancer", client_end_.text()}});
    client_end_ = io::endpoint::of(said.ends->source.address, said.ends->source.port);
    local_end_ = io::endpoint::of(said.ends->destination.address, said.ends->destination.port);
  }
  auto address = client_end_.address();
  if (surroundings_->connections.name(address, per_address)
      != connection_ledger::verdict::admitted) {
    turn_away("limits.connections_per_address");
    throw session_over{"too many connections of its address"};
  }
  client_address_ = std::move(address);
  if (!counts_strangers(listener()))
    co_return;
  stranger_ = surroundings_->strangers.take(client_end_.address(), client_end_.network_octets(),
                                            stranger_caps(limits.connections, per_address));
  if (!stranger_) {
    turn_away("too many without a login");
    throw session_over{"too many connections without a login"};
  }
}

void session::turn_away(std::string_view limit) {
  log(log::event::connection_refused, {{"client", client_end_.text()}, {"why", limit}});
  client_.stream().write(words_when_full(listener()));
}

// Closed with octets unread, the connection would be reset, and what was said last (a BYE that
// crossed a command) be lost on the way or in the client's kernel.
io::task<void> session::linger() {
  const auto until = within(longest_linger);
  for (std::size_t heard = 0; heard < most_lingered_octets && now() < until;) {
    std::size_t octets = 0;
    const auto result = client_.stream().transport().receive(home().scratch(), octets);
    heard += octets;
    if (result == io::io_result::end || result == io::io_result::failed)
      co_return;
    if (result == io::io_result::would_block) {
      if (cut_)
        co_return;
      co_await event(until);
    }
  }
}

void session::on_failure(std::exception_ptr thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const session_over& over) {
    client_.stream().finish();
    log_end(over.what());
  } catch (const std::exception& fault) {
    log(log::event::session_failed, {{"fault", fault.what()}});
  } catch (...) {
    log(log::event::session_failed, {{"fault", "unknown"}});
  }
}

void session::log_end(const char* because) const {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - began_);
  log(log::event::session_ended, {{"because", because},
                                  {"to_client_octets", relayed_.to_client},
                                  {"to_backend_octets", relayed_.to_backend},
                                  {"took_ms", took.count()}});
}

void session::log(log::event what, std::initializer_list<log::field> fields) const {
  tally_.note(what, {fields.begin(), fields.size()});
  if (!log::enabled(what))
    return;
  std::vector<log::field> all{{"session", id_}, {"listener", listener_->name}};
  all.insert(all.end(), fields);
  log::write(what, all);
}

void session::log_ready(backend_id where, backend_connection& ready,
                        io::clock::time_point began) const {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - began);
  tally_.note_ready(metrics::parse_place(text_of(where)), took);
  const auto* tls = ready.leg().stream().tls();
  log(log::event::backend_ready, {{"backend", text_of(where)},
                                  {"peer", ready.peer()},
                                  {"epoch", current_.now->epoch()},
                                  {"tls", tls != nullptr ? tls::version_of(tls) : "none"},
                                  {"resumed", tls != nullptr && SSL_session_reused(tls) == 1},
                                  {"took_ms", took.count()}});
}

void session::note_exception(const exception_settings* used, std::string_view login) const {
  if (used == nullptr)
    return;
  surroundings_->exceptions.note(name_of(*used));
  log(log::event::exception_used, {{"policy", text_of(used->policy)},
                                   {"login", login},
                                   {"owner", used->owner},
                                   {"client", client_end_.text()}});
}

void session::note_login(std::string_view login) {
  stranger_.give_up();
  if (const auto* tls = client_.stream().tls())
    surroundings_->certificate_uses.note_login(tls, login, std::chrono::system_clock::now());
}

void session::count_as_parked(bool is_parked) {
  if (is_parked)
    stranger_.give_up();
  else if (counts_strangers(listener()))
    stranger_ = surroundings_->strangers.take_back(client_end_.address(),
                                                   client_end_.network_octets());
}

void session::log_finding(const login_judgement& judged,
                          std::optional<login_finding>& logged) const {
  if (judged.finding == login_finding::none || logged == judged.finding)
    return;
  logged = judged.finding;
  const bool known = judged.finding == login_finding::wrong_case;
  log(known ? log::event::login_wrong_case : log::event::login_unknown,
      {{"login", judged.presented},
       {"client", client_end_.text()},
       {"allowed", judged.allowed}});
}

io::task<void> session::hear_client(io::clock::time_point until) {
  auto& stream = client_.stream();
  const bool was_draining = draining_;
  if (++turns_ % turns_before_yield == 0)
    co_await yield();
  for (;;) {
    throw_if_cut();
    const auto room = home().scratch();
    std::size_t octets = 0;
    switch (stream.read(room, octets)) {
      case io::io_result::done:
        client_.inbox().append({room.data(), octets});
        co_return;
      case io::io_result::end:
        throw session_over{"the client closed the connection"};
      case io::io_result::failed:
        throw session_over{"the connection to the client was lost"};
      case io::io_result::would_block:
        break;
    }
    if (draining_ && !was_draining)
      co_return;
    if (now() >= until) {
      stream.write(words_when_late());
      throw session_over{"the client was silent for too long"};
    }
    if (client_.inbox().empty())
      client_.inbox().clear(); // Who waits owns no buffer.
    stream.flush();
    co_await event(until);
  }
}

io::task<void> session::pace_client(io::clock::time_point until) {
  if (client_.stream().pending() > max_unread_octets)
    co_await tell_client({}, until);
  if (++turns_ % turns_before_yield == 0)
    co_await yield();
}

io::task<void> session::tell_client(std::string_view text, io::clock::time_point until) {
  client_.stream().write(text);
  while (!client_.stream().flush()) {
    throw_if_cut();
    if (now() >= until)
      throw session_over{"the client did not take what was sent"};
    co_await event(until);
  }
  if (client_.stream().has_failed())
    throw session_over{"the connection to the client was lost"};
}

io::task<void> session::client_handshake(io::clock::time_point until) {
  const auto rule
      = protocol() == mail_protocol::smtp ? tls::retirement::never : tls::retirement::applies;
  auto handle = surroundings_->server_tls->new_session(now_in_force().tls.certificates,
                                                       {listener().certificate, rule});
  if (!handle)
    throw session_over{"no memory for TLS"};
  client_.stream().start_tls(std::move(handle));
  const auto came = co_await client_.handshake(until);
  const auto* shaking = client_.stream().tls();
  const auto& shaken = tls::handshake_of(shaking);
  if (came == leg::outcome::done) {
    log(log::event::tls_established,
        {{"tls", tls::version_of(shaking)},
         {"cipher", tls::cipher_of(shaking)},
         {"name", shaken.asked},
         {"resumed", SSL_session_reused(client_.stream().tls()) == 1}});
    surroundings_->certificate_uses.note_handshake(shaking);
    co_return;
  }
  if (shaken.choice.retired) {
    log(log::event::tls_name_retired, {{"client", client_end_.text()}, {"name", shaken.asked}});
    surroundings_->certificate_uses.note_refused(shaken);
  } else {
    log(log::event::tls_failed,
        {{"client", client_end_.text()},
         {"name", shaken.asked},
         {"why",
          came == leg::outcome::late ? std::string{"too late"} : client_.stream().failure()}});
  }
  throw session_over{"no TLS"};
}

io::task<void> session::upgrade_client(std::string_view yes, io::clock::time_point until) {
  co_await tell_client(yes, until);
  if (!client_.inbox().empty()) {
    log(log::event::command_injection, {{"client", client_end_.text()}});
    throw session_over{"octets in clear behind STARTTLS"};
  }
  client_.inbox().clear();
  co_await client_handshake(until);
}

io::task<void> session::enter_as(std::uint64_t number, presence who) {
  // A login that submits on port 25 is found as what it does.
  who.protocol = who.kind == presence_kind::submission ? mail_protocol::submission : protocol();
  who.session = id_;
  who.who = caf::actor_cast<caf::actor>(this);
  who.client = client_end_.text();
  who.since = std::chrono::system_clock::now();
  enter question{number, std::move(who)};
  auto answer = co_await ask<standing>(surroundings_->router, std::move(question));
  if (!answer)
    throw session_over{"the router is gone"};
  current_ = std::move(*answer);
}

io::task<void> session::refresh_standing() {
  auto answer = co_await ask<standing>(surroundings_->router, get_standing{});
  if (!answer)
    throw session_over{"the router is gone"};
  current_ = std::move(*answer);
}

backend_call session::call_to(backend_id where, mail_protocol service) const {
  backend_call call{where, service, client_end_, local_end_};
  if (const auto* tls = client_.stream().tls())
    call.client_tls = proxy_header::tls_layer{SSL_get_version(tls), tls::cipher_of(tls),
                                              tls::handshake_of(tls).asked};
  return call;
}

void session::learn(backend_id where, mail_protocol service, service_facts shown) {
  if (shown == current_.facts->at(where, service))
    return;
  caf::anon_send(surroundings_->router, learned_service{where, service, std::move(shown)});
}

} // namespace stellwerk

#include "actors/admin_server.hpp"

#include "actors/leg.hpp"
#include "actors/log/death.hpp"
#include "actors/messages.hpp"
#include "actors/metrics/exposition.hpp"
#include "actors/metrics/metrics_page.hpp"
#include "actors/provisioning/password_keeper.hpp"
#include "protocol/http/request_reader.hpp"
#include "protocol/http/response.hpp"

#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>

namespace stellwerk {
namespace {

constexpr std::chrono::seconds question_budget{5};
constexpr std::chrono::seconds router_budget{2};
constexpr std::chrono::seconds answer_budget{10};
constexpr std::chrono::milliseconds pause_when_short{500};
constexpr int backlog = 16;

http::response unwell(std::string why) {
  return {.status = 503, .body = std::move(why) + '\n'};
}

/// One connection: a question, an answer.
class admin_session final : public io::coroutine_actor {
public:
  admin_session(caf::actor_config& config, environment_ptr surroundings,
                io::file_descriptor& socket, std::shared_ptr<std::size_t> callers)
      : coroutine_actor{config}, surroundings_{std::move(surroundings)},
        socket_{std::move(socket)}, callers_{std::move(callers)} {
    ++*callers_;
  }

private:
  io::task<void> run() override {
    leg peer{*this};
    if (!peer.stream().transport().adopt(std::move(socket_)))
      co_return;
    const auto until = now() + question_budget;
    http::request_reader reader;
    auto status = http::request_status::need_more;
    while ((status = reader.take(peer.inbox().rest())) == http::request_status::need_more) {
      const auto heard = co_await peer.fill(until);
      if (heard != leg::outcome::done)
        co_return;
    }
    const auto answer = co_await answer_to(status, reader.read());
    const auto text = http::to_string(answer, reader.read().method != "HEAD");
    static_cast<void>(co_await peer.send(text, now() + answer_budget));
    peer.stream().finish();
  }

  io::task<http::response> answer_to(http::request_status status, http::request asked) {
    if (status != http::request_status::complete)
      co_return http::response{.status = status == http::request_status::too_long ? 431 : 400,
                               .body = "not a request of HTTP/1.1\n"};
    if (asked.method != "GET" && asked.method != "HEAD")
      co_return http::response{.status = 405, .body = "only GET and HEAD\n"};
    if (asked.path != "/metrics" && asked.path != "/healthz")
      co_return http::response{.status = 404, .body = "/metrics and /healthz\n"};
    const auto now_in_force = co_await ask_router();
    const auto& passwords = surroundings_->passwords;
    const auto provisioned = passwords ? std::optional{passwords->count()} : std::nullopt;
    if (!now_in_force)
      co_return unwell("the router does not answer");
    if (asked.path == "/metrics")
      co_return http::response{
          .type = metrics::exposition::content_type,
          .body = metrics::metrics_page(surroundings_->counted, *now_in_force,
                                        surroundings_->refusals.all(), provisioned,
                                        std::chrono::system_clock::now())};
    switch (surroundings_->stage.load()) {
      case stage::starting:
        co_return unwell("starting");
      case stage::draining:
        co_return unwell("draining");
      case stage::serving:
        break;
    }
    co_return http::response{.body = "ok\n"};
  }

  /// Nothing if it takes too long, which a client must never wait for.
  io::task<std::optional<standing>> ask_router() {
    const auto until = now() + router_budget;
    answer_ = std::make_shared<std::optional<standing>>();
    asked_ = true;
    request(surroundings_->router, caf::infinite, get_standing{})
        .then(
            [this, answer = answer_](standing& now) {
              *answer = std::move(now);
              wake();
            },
            [this](caf::error&) {
              asked_ = false;
              wake();
            });
    while (!*answer_ && asked_ && now() < until)
      co_await event(until);
    co_return std::move(*answer_);
  }

  caf::behavior messages() override {
    return {[](caf::unit_t) {}};
  }

  void on_failure(std::exception_ptr thrown) noexcept override {
    log::note_death("admin_session", std::move(thrown));
  }

  void on_exit() override {
    coroutine_actor::on_exit();
    --*callers_;
  }

  environment_ptr surroundings_;
  io::file_descriptor socket_;
  std::shared_ptr<std::size_t> callers_; // All on this thread.
  std::shared_ptr<std::optional<standing>> answer_;
  bool asked_ = false;
};

struct free_addresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

} // namespace

io::file_descriptor open_admin_port(const endpoint& listen) {
  const auto what = "cannot listen on " + text_of(listen) + " (admin.listen)";
  addrinfo wanted{};
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(listen.host.c_str(), std::to_string(listen.port).c_str(), &wanted, &list)
      != 0)
    throw std::system_error{EADDRNOTAVAIL, std::generic_category(), what};
  const std::unique_ptr<addrinfo, free_addresses> found{list};
  io::file_descriptor port{
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
  const int on = 1;
  if (!port.is_open() || ::setsockopt(port.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || ::bind(port.get(), found->ai_addr, found->ai_addrlen) != 0
      || ::listen(port.get(), backlog) != 0)
    throw std::system_error{errno, std::generic_category(), what};
  return port;
}

admin_server::admin_server(caf::actor_config& config, environment_ptr surroundings,
                           std::shared_ptr<io::file_descriptor> port)
    : pinned_actor{config}, surroundings_{std::move(surroundings)}, port_{std::move(port)} {}

caf::behavior admin_server::make_behavior() {
  begin_accepting();
  return {[](caf::unit_t) {}};
}

void admin_server::on_exit() {
  home().disarm(*this);
  home().forget(port_->get(), *this);
}

void admin_server::on_events(std::uint32_t) {
  io::file_descriptor socket{
      ::accept4(port_->get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (socket.is_open()) {
    if (*callers_ < max_callers)
      link_to(io::spawn_pinned<admin_session>(home(), surroundings_, socket, callers_));
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    // No descriptors left: who waits would be reported again at once.
    home().forget(port_->get(), *this);
    home().arm(*this, home().now() + pause_when_short);
  }
}

void admin_server::on_timer() { begin_accepting(); }

void admin_server::begin_accepting() {
  try {
    home().watch(port_->get(), EPOLLIN, *this);
  } catch (const std::system_error&) {
    home().arm(*this, home().now() + pause_when_short); // The kernel is short of memory.
  }
}

} // namespace stellwerk

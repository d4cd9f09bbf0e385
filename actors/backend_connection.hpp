#pragma once

#include "actors/environment.hpp"
#include "actors/leg.hpp"
#include "actors/world.hpp"
#include "protocol/proxy_header/proxy_v2.hpp"

#include <optional>
#include <string>

namespace stellwerk {

/// Which service is called, for whom.
struct backend_call {
  backend_id where = side::on_old;
  mail_protocol protocol = mail_protocol::imap;
  /// The real client and where it connected to; nothing for a connection of our own.
  std::optional<io::endpoint> client;
  std::optional<io::endpoint> local;
  /// TLS on the way from the client; nothing if it came in clear.
  std::optional<proxy_header::tls_layer> client_tls{};
};

/// The way to one service of a backend: names into addresses, each address tried in its turn, a
/// PROXY header where configured, TLS where it is implicit.
class backend_connection {
public:
  backend_connection(io::coroutine_actor& owner, environment_ptr surroundings)
      : owner_{owner}, surroundings_{std::move(surroundings)}, leg_{owner} {}

  /// Connects within `budgets.connect` per address; TLS within `until`. Empty on success, else
  /// why not, in words.
  io::task<std::string> open(world_ptr now, backend_call call, io::clock::time_point until);

  /// Begins TLS after the backend's yes to STARTTLS and waits for it. Empty on success.
  io::task<std::string> start_tls(io::clock::time_point until);

  /// The client as Dovecot's XCLIENT (POP3, ManageSieve) takes it: `ADDR=192.0.2.1 PORT=40000`.
  /// Empty for a connection of our own; nothing where XCLIENT is not configured.
  [[nodiscard]] std::optional<std::string> dovecot_xclient() const;

  [[nodiscard]] stellwerk::leg& leg() { return leg_; }
  [[nodiscard]] const backend_call& call() const { return call_; }
  [[nodiscard]] const backend_service& service() const { return *service_; }
  /// The world whose settings it was opened by.
  [[nodiscard]] const world_ptr& made_under() const { return now_; }
  [[nodiscard]] const limit_settings& limits() const { return now_->settings().limits; }
  /// Address and port in use; empty before a connection.
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] bool is_open() const { return leg_.stream().transport().is_open(); }
  void close();

private:
  io::task<std::string> connect_to(io::endpoint address);
  [[nodiscard]] std::string proxy_header() const;

  io::coroutine_actor& owner_;
  environment_ptr surroundings_;
  stellwerk::leg leg_;
  world_ptr now_; // Keeps service and TLS context alive.
  backend_call call_;
  const backend_service* service_ = nullptr;
  std::shared_ptr<const tls::backend_context> context_;
  std::string peer_;
};

} // namespace stellwerk

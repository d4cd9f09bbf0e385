#include "actors/backend_connection.hpp"

#include "actors/io/dns_resolver.hpp"

#include <cstring>

namespace stellwerk {
namespace {

proxy_header::endpoint header_end(const io::endpoint& end) { return {end.ip(), end.port()}; }

} // namespace

void backend_connection::close() {
  leg_.stream().close();
  leg_.inbox().clear();
}

std::string backend_connection::proxy_header() const {
  if (service_->client_address != client_address_mode::proxy_v2)
    return {};
  if (!call_.client || !call_.local)
    return proxy_header::proxy_v2_local_header();
  return proxy_header::proxy_v2_header(header_end(*call_.client), header_end(*call_.local),
                                       call_.client_tls);
}

std::optional<std::string> backend_connection::dovecot_xclient() const {
  if (service_->client_address != client_address_mode::xclient)
    return std::nullopt;
  if (!call_.client)
    return std::string{};
  return "ADDR=" + call_.client->address() + " PORT=" + std::to_string(call_.client->port());
}

io::task<std::string> backend_connection::connect_to(io::endpoint address) {
  auto& transport = leg_.stream().transport();
  if (!transport.connect(address))
    co_return address.text() + ": " + std::strerror(errno);
  const auto until = owner_.now() + now_->settings().budgets.connect;
  std::optional<int> result;
  while (!(result = transport.connect_result())) {
    if (owner_.now() >= until) {
      transport.close();
      co_return address.text() + ": no connection within budgets.connect";
    }
    owner_.look_at_orders();
    co_await owner_.event(until);
  }
  if (*result != 0) {
    transport.close();
    co_return address.text() + ": " + std::strerror(*result);
  }
  peer_ = address.text();
  co_return std::string{};
}

io::task<std::string> backend_connection::open(world_ptr now, backend_call call,
                                               io::clock::time_point until) {
  now_ = std::move(now);
  call_ = std::move(call);
  const auto& service = now_->service(call_.where, call_.protocol);
  if (!service)
    co_return "no " + std::string{text_of(call_.protocol)} + " configured for this backend";
  service_ = &*service;
  context_ = now_->tls.backend(text_of(call_.where), call_.protocol);

  std::vector<io::endpoint> addresses;
  if (const auto literal
      = io::endpoint::parse(service_->address.host, service_->address.port)) {
    addresses.push_back(*literal);
  } else {
    io::resolve_request question{service_->address.host};
    const auto found
        = co_await owner_.ask<io::resolved>(surroundings_->resolver, std::move(question));
    if (!found || found->addresses.empty())
      co_return service_->address.host + ": "
          + (found ? found->problem : "the resolver is gone");
    for (const auto& address : found->addresses)
      if (const auto whole = io::endpoint::parse(address.address(), service_->address.port))
        addresses.push_back(*whole);
  }

  std::string problem;
  for (const auto& address : addresses) {
    problem = co_await connect_to(address);
    if (problem.empty())
      break;
  }
  if (!problem.empty())
    co_return problem;
  const auto sent = co_await leg_.send(proxy_header(), until);
  if (sent != leg::outcome::done)
    co_return peer_ + ": connection lost";
  if (service_->tls == backend_tls::implicit)
    co_return co_await start_tls(until);
  co_return std::string{};
}

io::task<std::string> backend_connection::start_tls(io::clock::time_point until) {
  auto session = context_ ? context_->new_session() : nullptr;
  if (!session)
    co_return std::string{"no memory for TLS"};
  leg_.stream().start_tls(std::move(session));
  switch (co_await leg_.handshake(until)) {
    case leg::outcome::done:
      co_return std::string{};
    case leg::outcome::late:
      co_return std::string{"TLS not done within budgets.greeting"};
    case leg::outcome::closed:
      break;
  }
  co_return "TLS: " + leg_.stream().failure();
}

} // namespace stellwerk

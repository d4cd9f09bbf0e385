#include "actors/cutover/gate_keeper.hpp"
#include "actors/smtp_backend.hpp"
#include "config/route_decision.hpp"

// The gate `old_relays`: a message of our own that the old server should send back to us.
namespace stellwerk {
namespace {

/// An MTA that has much to do takes its time; a probe comes back within a second otherwise.
constexpr std::chrono::seconds longest_relay{30};
constexpr std::chrono::milliseconds between_looks{100};

/// Somebody whose mail goes to the new server already: of a domain that has moved if there is
/// one, else a pinned account; or empty.
std::string address_on_new(const snapshot& current) {
  std::string pinned;
  for (const auto& one : current.accounts->all()) {
    const auto route = recipient_route(current, one.login);
    if (!split_address(one.login) || route.verdict != route_verdict::serve
        || route.to != side::on_new)
      continue;
    if (route.now == phase::on_new)
      return one.login;
    pinned = one.login;
  }
  return pinned;
}

} // namespace

/// Hands the old server a message for that address; empty, or why it did not take it.
io::task<std::string> gate_keeper::send_probe(const standing& now, std::string address,
                                              std::string token) {
  smtp_backend backend{owner_, surroundings_, {surroundings_->hostname, true}};
  auto problem = co_await backend.open(now.now, call_to(side::on_old, mail_protocol::smtp));
  if (!problem.empty())
    co_return problem;
  const smtp::mail_command nobody{};
  const auto parts = split_address(address);
  const smtp::rcpt_command whom{.to = {parts->local, parts->domain}, .notify = {}, .orcpt = {}};
  auto said = co_await backend.mail(nobody);
  if (said && said->is_positive())
    said = co_await backend.rcpt(whom);
  if (said && said->is_positive())
    said = co_await backend.data();
  if (said && said->is_intermediate()) {
    const std::string content
        = "From: <postmaster@" + surroundings_->hostname + ">\r\nTo: <" + address
          + ">\r\nSubject: Does this server relay?\r\nAuto-Submitted: auto-generated\r\n"
          + std::string{relay_probes::field} + ": " + token
          + "\r\n\r\nStellwerk asks whether mail for a domain that has moved comes back to "
            "it.\r\n"
            "It never reaches a mailbox that anybody reads; delete it if you find it.\r\n.\r\n";
    const bool sent = co_await backend.send_content(content);
    if (sent)
      said = co_await backend.content_reply();
  }
  problem = backend.problem();
  if (said && !said->is_positive())
    problem = said->to_string();
  backend.part();
  co_return problem;
}

/// Only a server that is said to send moved domains' mail back to us has to do so.
io::task<gate_result> gate_keeper::old_relays(const standing& now) {
  gate_result result{
      "old_relays",
      true,
      {},
      "what the old server is given for an account on the new one comes back to us"};
  if (!now.now->settings().backends.on_old.relays_moved_domains) {
    result.value = "not needed: we take such mail past the old server";
    co_return result;
  }
  result.ok = false;
  const auto address = address_on_new(now.now->current);
  if (address.empty()) {
    result.value = "nobody to send a probe to: no account is on the new server yet";
    co_return result;
  }
  auto& probes = surroundings_->probes;
  const auto token = probes.begin();
  const auto problem = co_await send_probe(now, address, token);
  const auto until = owner_.now() + longest_relay;
  while (problem.empty() && !probes.has_arrived(token) && owner_.now() < until)
    co_await owner_.event(owner_.now() + between_looks);
  result.ok = probes.has_arrived(token);
  probes.end(token);
  const auto words = "a probe for " + address;
  result.value = result.ok         ? words + " came back"
                 : problem.empty() ? words + " has not come back within "
                                         + std::to_string(longest_relay.count())
                                         + " s: the old server keeps it, or delivers it itself"
                                   : words + " was not taken: " + problem;
  co_return result;
}

} // namespace stellwerk

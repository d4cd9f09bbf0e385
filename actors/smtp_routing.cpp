#include "actors/smtp_transaction.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

// The routing half of a transaction: where each recipient goes, and whether that still holds.
namespace stellwerk {
namespace {

/// 127.0.0.0/8 or ::1.
bool is_loopback(const ip_address& address) {
  return address.is_ipv6 ? parse_ip_address("::1") == address : address.octets[0] == 127;
}

} // namespace

using smtp::make_reply;

smtp_transaction::destination smtp_transaction::route(const std::string& address) const {
  // What an MTA may rewrite into another domain (user%there@here, there!user@here) would escape
  // its route.
  if (const auto local = std::string_view{address}.substr(0, address.rfind('@'));
      local.find_first_of("%@!") != std::string_view::npos)
    return {.refusal = make_reply(553, "5.1.3", "Routing in the local part is not accepted")};
  return client_.login.empty() ? route_delivery(address) : route_submission(address);
}

smtp_transaction::destination
smtp_transaction::route_delivery(const std::string& address) const {
  const auto route = recipient_route(owner_.now_in_force().current, address);
  destination to{.where = route.to, .domain = route.domain, .is_early = route.early};
  if (route.verdict == route_verdict::refuse)
    to.refusal = make_reply(550, "5.7.1", "We do not relay for this domain");
  else if (route.verdict == route_verdict::hold)
    hold(to);
  else if (!route.listed && !owner_.current().facts->relay(route.to).refuses_strangers) {
    to.awaits_gate = true;
    to.refusal
        = make_reply(451, "4.3.0", "Not ready for this domain yet, please try again later");
  }
  return to;
}

smtp_transaction::destination
smtp_transaction::route_submission(const std::string& address) const {
  const auto& now = owner_.now_in_force();
  const auto login = owner_.rules().judge_login(client_.login).judged;
  const auto home = submission_route(now.current, login);
  const auto route = submitted_recipient_route(now.current, login, address);
  destination to{.where = route.to,
                 .by_own = route.to == home.to,
                 .domain = route.domain,
                 .is_early = route.early};
  if (route.verdict == route_verdict::refuse || !backends_.own
      || backends_.own->connection().call().where != home.to) {
    to.refusal = make_reply(451, "4.3.2", "Your mailbox has moved, please connect again");
  } else if (route.verdict == route_verdict::hold) {
    hold(to);
  }
  return to;
}

/// Nothing of the domain reaches either side: it waits at the sender or in the queue.
void smtp_transaction::hold(destination& to) const {
  to.is_held = true;
  to.by_own = false;
  if (owner_.now_in_force().settings().policy.delivery_while_moving == while_moving::queue
      && has_queue())
    to.where = backend_id::queue();
  else
    to.refusal = being_moved();
}

bool smtp_transaction::has_queue() const {
  return owner_.now_in_force().settings().backends.queue_smtp && !comes_from_queue();
}

/// What the queue hands in is never given back to it. It is known by the name that it has told
/// us, or by its address, unless others of this machine share that. Whoever takes its name in
/// vain is only told to try again later.
bool smtp_transaction::comes_from_queue() const {
  const auto& facts = owner_.facts().at(backend_id::queue(), mail_protocol::smtp);
  if (facts.features && !client_.helo.empty()
      && equals_ignoring_case(facts.features->server_name, client_.helo))
    return true;
  const auto& service = owner_.now_in_force().settings().backends.queue_smtp;
  const auto address = service ? parse_ip_address(service->address.host) : std::nullopt;
  return address && !is_loopback(*address) && owner_.client_end().ip() == *address;
}

smtp::reply smtp_transaction::separate_message() {
  return make_reply(451, "4.3.2", "Please send this recipient in a separate message");
}

smtp::reply smtp_transaction::separate_transaction() {
  return make_reply(452, "4.5.3", "Please send this recipient in a separate transaction");
}

smtp::reply smtp_transaction::being_moved() {
  return make_reply(451, "4.3.2", "This mailbox is being moved, please try again later");
}

smtp_transaction::destination smtp_transaction::decide(const std::string& address) const {
  auto to = route(address);
  if (to.refusal || recipients_.empty())
    return to;
  const bool shares_way
      = std::all_of(recipients_.begin(), recipients_.end(),
                    [&](const recipient& one) { return one.to.shares_way_with(to); });
  if (shares_way)
    return to;
  if (client_.login.empty())
    return decide_delivery(std::move(to));
  if (!has_queue()) {
    to.is_straggler = true;
    to.refusal = separate_message();
    return to;
  }
  if (!to.by_own)
    to.where = backend_id::queue();
  to.displaces // Unless they are there already, or its own.
      = std::any_of(recipients_.begin(), recipients_.end(), [](const recipient& one) {
          return !one.to.by_own && !one.to.where.is_queue();
        });
  return to;
}

/// The first of the backends that are no queue has to take the message; behind it, whatever
/// fails for now is the queue's.
smtp_transaction::destination smtp_transaction::decide_delivery(destination to) const {
  if (!has_queue()) {
    to.refusal = separate_transaction();
    return to;
  }
  const auto first
      = std::find_if(recipients_.begin(), recipients_.end(),
                     [](const recipient& one) { return !one.to.where.is_queue(); });
  to.needs_spare
      = !to.where.is_queue() && first != recipients_.end() && !first->to.shares_way_with(to);
  return to;
}

bool smtp_transaction::routes_still_hold() const {
  return std::all_of(recipients_.begin(), recipients_.end(), [this](const recipient& one) {
    const auto to = route(one.address);
    if (one.to.where.is_queue()) // It comes back to us, and is routed then.
      return !to.refusal || to.is_held;
    return !to.refusal && to.shares_way_with(one.to);
  });
}

std::vector<smtp_transaction::receiver> smtp_transaction::receivers() const {
  std::vector<receiver> found;
  for (const auto& one : recipients_) {
    const auto* backend = at(one.to);
    const auto same = std::find_if(found.begin(), found.end(), [&](const receiver& other) {
      return other.backend == backend;
    });
    if (same != found.end())
      ++same->recipients;
    else
      found.push_back({at(one.to), one.to.where, 1});
  }
  // The queue last: it takes what it is given, the others may refuse.
  std::stable_partition(found.begin(), found.end(),
                        [](const receiver& one) { return !one.where.is_queue(); });
  const auto spared = std::count_if(recipients_.begin(), recipients_.end(),
                                    [](const recipient& one) { return one.to.needs_spare; });
  if (spared > 0)
    found.push_back(
        {backends_.spare.get(), backend_id::queue(), static_cast<std::size_t>(spared), true});
  return found;
}

} // namespace stellwerk

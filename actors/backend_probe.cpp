#include "actors/backend_probe.hpp"

#include "actors/log/death.hpp"
#include "actors/log/log.hpp"
#include "actors/service_backend.hpp"
#include "actors/smtp_backend.hpp"

#include <array>

namespace stellwerk {
namespace {

constexpr std::chrono::seconds pause_when_well{30};
constexpr std::chrono::seconds pause_when_ill{3};

/// An address (RFC 5737, TEST-NET-1) that is nobody's: the backend must treat it as a
/// stranger's.
constexpr const char* strangers_address = "192.0.2.1";

/// A domain that exists and is not ours; one that does not exist might be refused for that
/// alone.
std::string foreign_domain(const route_table& routes) {
  constexpr std::array candidates{"iana.org", "ietf.org", "rfc-editor.org"};
  for (const auto* domain : candidates)
    if (routes.find(domain) == nullptr)
      return domain;
  return "stellwerk-probe.invalid";
}

/// For good; or with the words by which Postfix means the same unless it is told to be hard
/// (`defer_unauth_destination`), which greylisting does not use.
bool denies_relay(const smtp::reply& said) {
  return said.is_permanent() || (said.code == 454 && said.enhanced == "4.7.1");
}

std::string first_line(const smtp::reply& said) {
  return std::to_string(said.code) + ' ' + said.enhanced
         + (said.lines.empty() ? "" : ' ' + said.lines.front());
}

} // namespace

backend_probe::backend_probe(caf::actor_config& config, environment_ptr surroundings,
                             backend_id where, mail_protocol protocol,
                             std::function<void()> first_done)
    : coroutine_actor{config}, surroundings_{std::move(surroundings)}, where_{where},
      protocol_{protocol}, first_done_{std::move(first_done)} {}

caf::behavior backend_probe::messages() {
  return {[this](const standing& now) {
    current_ = now;
    wake();
  }};
}

void backend_probe::on_failure(std::exception_ptr thrown) noexcept {
  log::note_death("backend_probe", std::move(thrown));
}

io::task<void> backend_probe::run() {
  caf::anon_send(surroundings_->router, subscribe{caf::actor_cast<caf::actor>(this)});
  while (!current_.now)
    co_await event();
  for (;;) {
    probed_epoch_ = current_.now->epoch();
    const bool well = co_await probe();
    if (first_done_)
      std::exchange(first_done_, nullptr)();
    const auto until = now() + (well ? pause_when_well : pause_when_ill);
    while (now() < until && current_.now->epoch() == probed_epoch_)
      co_await event(until);
  }
}

io::task<bool> backend_probe::probe() {
  if (!is_probed(*current_.now, where_, protocol_))
    co_return true;
  service_facts facts;
  if (protocol_ == mail_protocol::submission || protocol_ == mail_protocol::smtp)
    facts = co_await probe_smtp();
  else
    facts = co_await probe_access();
  note(facts);
  co_return facts.healthy.value_or(false) && did_refuse_.value_or(true);
}

void backend_probe::note(const service_facts& facts) {
  if (was_healthy_ != facts.healthy && *facts.healthy)
    log::write(log::event::backend_healthy,
               {{"backend", text_of(where_)}, {"protocol", text_of(protocol_)}});
  else if (was_healthy_ != facts.healthy)
    log::write(log::event::backend_unhealthy, {{"backend", text_of(where_)},
                                               {"protocol", text_of(protocol_)},
                                               {"why", facts.problem}});
  was_healthy_ = facts.healthy;
  caf::anon_send(surroundings_->router, learned_service{where_, protocol_, facts});
}

void backend_probe::note(const relay_facts& facts, std::uint64_t epoch) {
  if (did_refuse_ != facts.refuses_strangers)
    log::write(facts.refuses_strangers ? log::event::no_relay_passed
                                       : log::event::no_relay_failed,
               {{"backend", text_of(where_)}, {"heard", facts.heard}});
  did_refuse_ = facts.refuses_strangers;
  caf::anon_send(surroundings_->router, learned_relay{epoch, where_.as_side(), facts});
}

io::task<service_facts> backend_probe::probe_access() {
  const auto backend = make_backend_for(protocol_, *this, surroundings_);
  const auto problem = co_await backend->open(current_.now, our_own_call());
  if (problem.empty()) {
    auto facts = backend->shown();
    backend->part();
    co_return facts;
  }
  // What was announced before stays known while the backend is away.
  auto facts = current_.facts->at(where_, protocol_);
  facts.healthy = false;
  facts.problem = problem;
  co_return facts;
}

io::task<service_facts> backend_probe::probe_smtp() {
  auto facts = current_.facts->at(where_, protocol_);
  {
    smtp_backend::introduction ourselves{surroundings_->hostname, true};
    smtp_backend backend{*this, surroundings_, std::move(ourselves)};
    facts.problem = co_await backend.open(current_.now, our_own_call());
    facts.healthy = facts.problem.empty();
    if (facts.problem.empty()) {
      facts.features = backend.shown().features;
      backend.part();
    }
  }
  if (protocol_ == mail_protocol::smtp && !where_.is_queue()) {
    const auto epoch = current_.now->epoch();
    if (facts.problem.empty()) {
      const auto found = co_await probe_relay();
      note(found, epoch);
    } else if (!current_.facts->relay(where_.as_side()).refuses_strangers) {
      note(relay_facts{false, "not reachable: " + facts.problem}, epoch);
    }
  }
  co_return facts;
}

/// As a stranger, with a sender of nobody and with one of a domain that is served here.
io::task<relay_facts> backend_probe::probe_relay() {
  const auto now = current_.now;
  const auto& routes = now->current.routes;
  std::vector<smtp::mail_command> senders(1);
  if (!routes.all().empty())
    senders.push_back({.from = smtp::address{"postmaster", routes.all().front().domain}});
  const smtp::rcpt_command stranger{
      .to = {"stellwerk-no-relay-probe", foreign_domain(routes)}, .notify = {}, .orcpt = {}};
  relay_facts facts;
  for (const auto& mail : senders) {
    smtp_backend::introduction introduction{surroundings_->hostname, true};
    smtp_backend backend{*this, surroundings_, std::move(introduction)};
    backend_call call = our_own_call();
    call.client = call.local = io::endpoint::parse(strangers_address, 25);
    const auto problem = co_await backend.open(now, std::move(call));
    smtp_backend::answer said;
    if (problem.empty()) {
      said = co_await backend.mail(mail);
      if (said && said->is_positive())
        said = co_await backend.rcpt(stranger);
      backend.part();
    }
    facts.heard = said ? first_line(*said)
                       : "no answer: " + (problem.empty() ? backend.problem() : problem);
    facts.refuses_strangers = said && denies_relay(*said);
    if (!facts.refuses_strangers)
      break;
  }
  co_return facts;
}

} // namespace stellwerk

#include "tests/actors/interleavings/interleaving.hpp"

#include "tests/actors/interleavings/imap_client.hpp"
#include "tests/actors/interleavings/imap_peer.hpp"
#include "tests/actors/interleavings/smtp_client.hpp"
#include "tests/actors/interleavings/smtp_peer.hpp"

#include "actors/imap_session.hpp"
#include "actors/smtp_session.hpp"

#include <algorithm>

namespace stellwerk::test {
namespace {

const std::array<std::string, 2> domains{"a.example", "b.example"};
/// With credentials in the first line of a login, by either command.
constexpr std::array<std::string_view, 2> capabilities_of_servers{
    "IMAP4rev1", "IMAP4rev1 SASL-IR AUTH=PLAIN"};
constexpr std::size_t shortest = 400;
constexpr std::size_t steps_per_weights = 50;
constexpr int rounds_to_end = 400;
constexpr const char* client_address = "127.0.0.1";

} // namespace

interleaving::interleaving(shared_parts& shared, std::uint64_t seed)
    : shared_{shared}, chance_{seed}, policy_{chance_.one_in(2) ? while_moving::target
                                                                : while_moving::defer},
      capabilities_{chance_.pick(capabilities_of_servers)},
      desk_{shared.system, watch_, begin_world()}, places_{shared.system.workers()},
      speeds_(shared.system.workers()), listener_knows_{desk_.known()} {
  smtp::features announced;
  announced.auth = {"PLAIN"};
  for (const auto where : {side::on_old, side::on_new})
    for (const auto service : {mail_protocol::submission, mail_protocol::smtp})
      caf::anon_send(desk_.routes(),
                     learned_service{where, service, {true, {}, announced, {}}});
  while (desk_.step()) {
  }
}

world_ptr interleaving::begin_world() {
  auto made = std::make_shared<world>(*shared_.first);
  made->current.settings.policy.delivery_while_moving = policy_;
  std::vector<domain_route> routes;
  for (const auto& domain : domains)
    routes.push_back({domain, domain, chance_.pick(all_phases), {}});
  made->current.routes = route_table{default_route::on_old, std::move(routes)};
  made->current.epoch = 1;
  return made;
}

environment_ptr interleaving::surround() const {
  auto made = std::make_shared<environment>();
  made->router = desk_.routes();
  made->clock = desk_.clock();
  made->flips = desk_.flips();
  made->disk = desk_.disk();
  made->server_tls = shared_.server_tls;
  made->hostname = "proxy.example";
  made->instance = "test";
  made->state_dir = shared_.first->settings().state_dir;
  return made;
}

interleaving::~interleaving() {
  for (auto& one : places_) {
    one.guest.reset();
    one.peers.clear();
    if (one.view)
      for (auto* session : std::vector{one.view->living})
        session->order_cut();
  }
  const auto is_left = [](const place& one) { return one.view && !one.view->living.empty(); };
  for (int round = 0; round < rounds_to_end && std::ranges::any_of(places_, is_left); ++round) {
    shared_.system.pass_time();
    while (desk_.step()) {
    }
    for (std::size_t index = 0; index < places_.size(); ++index)
      shared_.system.turn(index);
  }
}

void interleaving::draw_weights() {
  const auto any = [this](std::initializer_list<unsigned> of) {
    return std::data(of)[chance_.below(of.size())];
  };
  // In the order of `deed`. Whoever weighs nothing is asleep for a while.
  weights_ = {any({8, 24, 48}),
              any({0, 2, 8, 24}),
              any({1, 4, 16}),
              any({2, 8}),
              any({0, 1, 2}),
              any({0, 1, 2}),
              1,
              any({0, 1, 4}),
              any({0, 0, 0, 1}),
              any({1, 2})};
  for (auto& speed : speeds_)
    speed = any({0, 1, 8});
  speeds_[chance_.below(speeds_.size())] = 1;
}

void interleaving::do_one() {
  const auto whose = chance_.below(places_.size());
  switch (static_cast<deed>(chance_.weighed(weights_))) {
    case deed::turn:
      return turn(chance_.weighed(speeds_));
    case deed::route:
      return route();
    case deed::answer:
      return answer_one();
    case deed::act:
      if (places_[whose].guest)
        places_[whose].guest->act(chance_, false);
      return;
    case deed::lead:
      return lead();
    case deed::count:
      return desk_.ask_count(chance_.pick(domains));
    case deed::ask_world:
      return desk_.ask_world();
    case deed::work_disk:
      if (desk_.changes_under_way() > 0)
        desk_.let_disk_work();
      return;
    case deed::wait:
      return shared_.system.pass_time();
    case deed::come:
      return come(whose);
  }
}

void interleaving::route() {
  desk_.step();
  look_at_drains();
}

void interleaving::turn(std::size_t index) {
  auto& here = places_[index];
  if (!shared_.system.turn(index) || !here.guest)
    return;
  shared_.ports.settle();
  here.guest->hear(); // First: a server may be asked for the next of its recipients already.
  shared_.ports.accept([&](io::file_descriptor socket, side where, mail_protocol service) {
    here.peers.push_back(welcome(std::move(socket), where, service, here));
  });
  for (const auto& peer : here.peers)
    peer->hear();
  std::erase_if(here.peers, [](const auto& peer) { return peer->is_closed(); });
}

std::unique_ptr<backend_peer> interleaving::welcome(io::file_descriptor socket, side where,
                                                    mail_protocol service,
                                                    const place& caller) {
  if (service == mail_protocol::imap)
    return std::make_unique<imap_peer>(std::move(socket), where, caller.guest, watch_,
                                       capabilities_);
  return std::make_unique<smtp_peer>(std::move(socket), where, caller.guest, watch_);
}

void interleaving::come(std::size_t index) {
  auto& here = places_[index];
  if (here.guest && (!here.guest->is_over() || !here.view->living.empty()))
    return;
  const auto& home = chance_.pick(domains);
  auto protocol = mail_protocol::imap;
  switch (chance_.below(4)) {
    case 0:
      protocol = mail_protocol::smtp;
      here.guest = std::make_shared<smtp_client>(nullptr, watch_, home,
                                                 smtp_client::role::delivers, domains);
      break;
    case 1:
      protocol = mail_protocol::submission;
      here.guest = std::make_shared<smtp_client>(&shared_.tls, watch_, home,
                                                 smtp_client::role::submits, domains);
      break;
    default:
      here.guest = std::make_shared<imap_client>(&shared_.tls, watch_, home);
  }
  admit(protocol, here, index);
  // What happens before its first command concerns nobody else.
  for (int round = 0; round < 50 && !here.guest->is_greeted(); ++round)
    turn(index);
  if (!here.guest->is_greeted())
    watch_.on_trespass("a client is not greeted");
}

void interleaving::admit(mail_protocol protocol, place& to, std::size_t index) {
  to.view = std::make_shared<listener_view>();
  to.view->name = stellwerk::text_of(protocol);
  to.view->settings.protocol = protocol;
  to.view->settings.tls
      = protocol == mail_protocol::smtp ? listener_tls::starttls : listener_tls::implicit;
  to.view->counted = &surroundings_->counted.listener(to.view->name);
  to.view->changed = [] {};
  const auto& limits = shared_.first->settings().limits;
  static_cast<void>(surroundings_->connections.admit(client_address, limits.connections,
                                                     limits.connections_per_address));
  const auto before = std::exchange(listener_knows_, desk_.known());
  session_birth birth{surroundings_,
                      to.view,
                      chance_.one_in(2) ? before : listener_knows_,
                      *io::endpoint::parse(client_address, 40000),
                      to.guest->wire().take_other_end(),
                      false};
  auto& home = shared_.system.worker(index);
  if (protocol == mail_protocol::imap)
    io::spawn_pinned<imap_session>(home, birth);
  else
    io::spawn_pinned<smtp_session>(home, birth);
}

void interleaving::lead() {
  if (desk_.changes_under_way() == 2)
    return;
  const auto& domain = chance_.pick(domains);
  const auto edges = next_phases(watch_.now(domain));
  desk_.ask_change(domain, chance_.pick(edges), chance_.one_in(2));
}

void interleaving::answer_one() {
  std::vector<backend_peer*> owing;
  for (const auto& one : places_)
    for (const auto& peer : one.peers)
      if (peer->owes_answer())
        owing.push_back(peer.get());
  if (!owing.empty())
    chance_.pick(owing)->answer(chance_);
  shared_.ports.settle();
}

// At the moment of a count of zero, and as long as it holds.
void interleaving::look_at_drains() {
  for (const auto& domain : domains)
    if (watch_.is_drained(domain))
      for (const auto& one : places_)
        for (const auto& peer : one.peers)
          if (peer->trespasses(domain))
            watch_.on_trespass("a drain of " + domain + " counts zero, and somebody is at "
                               + std::string{stellwerk::text_of(peer->where())});
}

void interleaving::play() {
  for (std::size_t index = 0; index < places_.size(); ++index)
    come(index);
  for (auto left = shortest + chance_.below(shortest); left > 0; --left) {
    if (weights_[0] == 0 || left % steps_per_weights == 0)
      draw_weights();
    do_one();
    if (!watch_.trespasses().empty())
      return;
  }
  end();
}

/// Everybody does all that they can do now, and begins nothing more.
void interleaving::hurry() {
  desk_.let_disk_work();
  while (desk_.step()) {
  }
  look_at_drains();
  for (std::size_t index = 0; index < places_.size(); ++index) {
    turn(index);
    for (const auto& peer : places_[index].peers)
      peer->answer(chance_);
    shared_.ports.settle();
    if (places_[index].guest)
      places_[index].guest->act(chance_, true);
  }
}

bool interleaving::is_still() const {
  return desk_.changes_under_way() == 0 && std::ranges::all_of(places_, [](const place& one) {
           return !one.guest || (one.guest->is_over() && one.view->living.empty());
         });
}

void interleaving::end() {
  for (int round = 0; round < rounds_to_end && !is_still(); ++round) {
    for (const auto& domain : domains)
      if (const auto now = watch_.now(domain);
          !access_of(now) && desk_.changes_under_way() == 0)
        desk_.ask_change(domain, next_phases(now)[chance_.below(2)], false);
    hurry();
    if (round % 8 == 7)
      shared_.system.pass_time();
    if (!watch_.trespasses().empty())
      return;
  }
  if (!is_still())
    return watch_.on_trespass("somebody waits for what never comes");
  desk_.ask_overview();
  while (desk_.step()) {
  }
  if (desk_.present() > 0)
    watch_.on_trespass("somebody is counted who has left");
}

} // namespace stellwerk::test

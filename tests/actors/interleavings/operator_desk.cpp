#include "tests/actors/interleavings/operator_desk.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <functional>

namespace stellwerk::test {

/// A question for the router whose answer goes to a function.
struct errand_to_router {
  std::function<void(caf::event_based_actor&, const router&)> run;
};

} // namespace stellwerk::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::test::errand_to_router)

namespace stellwerk::test {
namespace {

/// Asks for others, since only an actor is answered.
caf::behavior run_asker(caf::event_based_actor* self, const router& routes,
                        const std::function<void(const standing&)>& told) {
  self->send(routes, subscribe{self});
  return {
      [told](const standing& now) { told(now); },
      [self, routes](const errand_to_router& asked) { asked.run(*self, routes); },
  };
}

template <class Answer, class Question, class Then>
errand_to_router question(Question asked, Then then) {
  return {[asked, then](caf::event_based_actor& self, const router& routes) {
    self.request(routes, caf::infinite, asked).then([then](Answer& answer) { then(answer); });
  }};
}

} // namespace

operator_desk::operator_desk(stepped_system& system, watch& seen, world_ptr first)
    : system_{system}, watch_{seen}, written_{
                                         std::make_shared<route_table>(first->current.routes)} {
  lasting_state lasting;
  lasting.epoch = first->epoch();
  lasting.follow(first->current.routes, std::chrono::system_clock::now());
  const auto load = [first, written = written_](const snapshot&) {
    auto next = std::make_shared<world>(*first);
    next->current.routes = *written;
    return load_outcome{next, {}};
  };
  router_ = system_.actors().spawn(run_router, first, diagnostics{}, lasting, clock_, flips_,
                                   disk_.thread(), load);
  asker_ = system_.actors().spawn(run_asker, router_, [this](const standing& now) {
    heard_->now = now;
    watch_.on_published(*now.now);
  });
  while (step() || !heard_->now.now)
    system_.run_all_but(router_);
}

operator_desk::~operator_desk() {
  for (const auto& one : {asker_, caf::actor_cast<caf::actor>(router_)})
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  disk_.work();
  system_.run_dry();
}

bool operator_desk::step() {
  const bool stepped = system_.run_one(router_);
  system_.run_all_but(router_);
  return stepped;
}

void operator_desk::ask_change(const std::string& domain, phase to, bool by_reload) {
  ++asked_;
  const auto note = [heard = heard_](const auto&) { ++heard->reported; };
  if (by_reload) {
    *written_ = known().now->current.routes.with(domain, to);
    caf::anon_send(asker_, question<reload_report>(reload_request{}, note));
  } else {
    phase_request asked{.domain = domain, .to = to, .how = phase_request::manner::of_move};
    caf::anon_send(asker_, question<phase_report>(std::move(asked), note));
  }
  system_.run_all_but(router_);
}

void operator_desk::ask_count(const std::string& domain) {
  caf::anon_send(asker_, question<std::size_t>(misplaced_request{domain},
                                               [this, domain](std::size_t misplaced) {
                                                 watch_.on_counted(domain, misplaced);
                                               }));
  system_.run_all_but(router_);
}

void operator_desk::ask_world() {
  caf::anon_send(
      asker_,
      question<standing>(get_standing{}, [this, epoch = clock_->now()](const standing& came) {
        if (came.now->epoch() < epoch)
          watch_.on_trespass("the clock shows an epoch whose world is not to be had");
      }));
  system_.run_all_but(router_);
}

void operator_desk::ask_overview() {
  caf::anon_send(asker_,
                 question<overview>(overview_request{}, [heard = heard_](const overview& came) {
                   heard->present = came.present.size();
                 }));
  system_.run_all_but(router_);
}

} // namespace stellwerk::test

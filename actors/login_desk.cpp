#include "actors/login_desk.hpp"

#include "actors/findings/session_findings.hpp"
#include "actors/login_floor.hpp"
#include "actors/provisioning/provision.hpp"

#include <utility>

namespace stellwerk {
namespace {

using verdict = login_outcome::verdict;

} // namespace

route_decision login_desk::route_of(const world& now, const login_judgement& judged) const {
  return kind_ == presence_kind::access ? access_route(now.current, judged)
                                        : submission_route(now.current, judged);
}

login_judgement login_desk::judge(const world& now, const sasl::credentials& who) const {
  return owner_.rules_of(now).judge_login(who.authcid).judged;
}

/// Counted anew, the order to leave that the former place caused is void.
io::task<void> login_desk::count(const login_judgement& judged, const route_decision& route,
                                 place at) {
  presence coming{.kind = kind_,
                  .login = judged.presented,
                  .domain = route.domain,
                  .where = route.to,
                  .parked = at == place::parked};
  co_await owner_.enter_as(counted_.number(), std::move(coming));
  owner_.forget_drain();
}

void login_desk::note(traffic_kind what, bool went_well) const {
  owner_.surroundings().flips->note(domain_, what, went_well);
}

/// A login that comes to nothing because a server is away is found when it is tried again.
void login_desk::keep_findings(const sasl::credentials& who, const std::string& software,
                               bool is_accepted) const {
  const finding_subject whom{
      .domain = domain_, .login = who.authcid, .software = software, .accepted = is_accepted};
  if (found_)
    note_finding(owner_,
                 *found_ == login_finding::wrong_case ? finding_kind::wrong_case
                                                      : finding_kind::unknown_login,
                 whom);
  if (!is_accepted)
    return;
  note_ways(owner_, whom);
  const auto& asked = owner_.now_in_force().settings().policy.password;
  if (asked.is_set() && !sasl::has_token(who.mech)
      && asked.refuses(who.authcid, who.password.view()))
    note_finding(owner_, finding_kind::weak_password, whom);
}

void login_desk::drop_backend() {
  if (backend_)
    backend_->part();
  backend_.reset();
}

io::task<login_outcome> login_desk::attend(const sasl::credentials& who, std::string software) {
  asked_ = owner_.now();
  found_.reset();
  auto outcome = co_await decide(who);
  parking_.reset();
  if (outcome.came == verdict::accepted || outcome.came == verdict::refused) {
    note(traffic_kind::logins, outcome.came == verdict::accepted);
    keep_findings(who, software, outcome.came == verdict::accepted);
  }
  if (outcome.came == verdict::accepted) {
    login_ = who.authcid;
    owner_.note_login(login_);
    owner_.note_exception(owner_.rules().judge_login(login_).exempted_by, login_);
    owner_.log(log::event::login_accepted,
               {{"login", who.authcid},
                {"backend", text_of(backend_->connection().call().where)},
                {"epoch", owner_.now_in_force().epoch()},
                {"by", by_master_ ? "master" : "user"},
                {"client", owner_.client_end().text()},
                {"software", software}});
    co_return outcome;
  }
  const bool is_refusal = outcome.came == verdict::refused;
  if (is_refusal && backend_)
    note_backend_refusal(owner_.now() - asked_);
  drop_backend();
  counted_.leave_now();
  std::chrono::milliseconds delayed{0};
  if (is_refusal)
    delayed = co_await hold_refusal(who);
  owner_.log(is_refusal ? log::event::login_refused : log::event::login_unavailable,
             {{"login", who.authcid},
              {"client", owner_.client_end().text()},
              {"code", outcome.code},
              {"software", software},
              {"delayed_ms", delayed.count()}});
  co_return outcome;
}

/// Waits until the refusal may be told; how long beyond the floor that was to be. Counted when
/// the floor is over, not when it was known: else a guess of another connection would tell when
/// that was.
io::task<std::chrono::milliseconds> login_desk::hold_refusal(const sasl::credentials& who) {
  auto due = refusal_due(asked_);
  while (owner_.now() < due) {
    owner_.look_at_orders();
    co_await owner_.event(due);
  }
  const auto address = owner_.client_end().address_octets();
  const auto network = owner_.client_end().network_octets();
  const auto more = owner_.surroundings().failures.note(
      {address, network, who.authcid, who.password.view()}, owner_.now());
  due += more;
  while (owner_.now() < due && !owner_.is_draining()) {
    owner_.look_at_orders();
    co_await owner_.event(due);
  }
  co_return more;
}

/// Decides under the epoch in force, as often as that changes before the backend has said yes.
io::task<login_outcome> login_desk::decide(const sasl::credentials& who) {
  for (;;) {
    const auto deciding = owner_.current().now;
    const auto judged = judge(*deciding, who);
    owner_.log_finding(judged, found_);
    const auto route = route_of(*deciding, judged);
    domain_ = route.domain;
    if (!judged.allowed || route.verdict == route_verdict::refuse
        || names_a_master(deciding->settings().backends, who.authcid))
      co_return login_outcome{.came = verdict::refused};
    if (route.verdict == route_verdict::hold) {
      if (auto outcome = co_await park(judged, route))
        co_return std::move(*outcome);
      continue;
    }
    co_await count(judged, route);
    if (owner_.current().now->epoch() != deciding->epoch())
      continue;
    if (backend_
        && (backend_->connection().call().where != route.to
            || backend_->connection().made_under() != deciding))
      drop_backend();
    if (auto outcome = co_await try_backend(judged, route, who))
      co_return std::move(*outcome);
    co_await owner_.refresh_standing();
  }
}

/// Counted as parked before the epoch is compared: a release that this misses is of an epoch
/// that it sees. Nothing: decide anew.
io::task<std::optional<login_outcome>> login_desk::park(const login_judgement& judged,
                                                        const route_decision& route) {
  drop_backend();
  if (!parking_)
    parking_.emplace(owner_, service_, judged.presented);
  if (!parking_->has_place())
    co_return login_outcome{.came = verdict::moving};
  const auto deciding = owner_.current().now->epoch();
  co_await count(judged, route, place::parked);
  if (owner_.current().now->epoch() != deciding)
    co_return std::nullopt;
  owner_.log(log::event::login_parked, {{"login", judged.presented},
                                        {"domain", route.domain},
                                        {"epoch", deciding},
                                        {"client", owner_.client_end().text()}});
  const auto began = owner_.now();
  owner_.count_as_parked(true);
  const auto over = co_await parking_->wait();
  owner_.count_as_parked(false);
  const auto waited = owner_.now() - began;
  time_parked_ += waited;
  asked_ = owner_.now();
  if (over == parking::end::too_long)
    co_return login_outcome{.came = verdict::moving};
  if (over == parking::end::draining)
    co_return login_outcome{.came = verdict::unavailable};
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
  owner_.log(log::event::login_released,
             {{"login", judged.presented}, {"waited_ms", took.count()}});
  co_await owner_.refresh_standing();
  co_return std::nullopt;
}

/// Empty on success, else why not.
io::task<std::string> login_desk::open_backend(side where) {
  const auto began = owner_.now();
  backend_ = make_();
  auto problem = co_await backend_->open(owner_.current().now, owner_.call_to(where, service_));
  if (problem.empty()) {
    owner_.log_ready(where, backend_->connection(), began);
    owner_.learn(where, service_, backend_->shown());
  }
  co_return problem;
}

/// False: it can't be reached now.
io::task<bool> login_desk::reach_backend(side where) {
  if (backend_)
    co_return true;
  const auto problem = co_await open_backend(where);
  if (problem.empty())
    co_return true;
  owner_.log(log::event::backend_failed, {{"backend", text_of(where)}, {"why", problem}});
  note(traffic_kind::backend, false);
  backend_.reset();
  co_return false;
}

io::task<login_outcome> login_desk::ask_backend(side where, const sasl::credentials& replayed) {
  auto outcome = co_await backend_->log_in(replayed);
  const auto& why = backend_->problem();
  const bool is_sound = why.empty();
  if (!is_sound) {
    owner_.log(log::event::backend_failed, {{"backend", text_of(where)}, {"why", why}});
    backend_.reset();
  }
  note(traffic_kind::backend, is_sound);
  co_return outcome;
}

/// Nothing: the epoch has changed, decide anew.
io::task<std::optional<login_outcome>> login_desk::try_backend(const login_judgement& judged,
                                                               const route_decision& route,
                                                               const sasl::credentials& who) {
  const auto where = route.to;
  by_master_ = false;
  const bool is_there = co_await reach_backend(where);
  if (!is_there)
    co_return login_outcome{};
  if (owner_.epoch_has_changed())
    co_return std::nullopt;

  const sasl::credentials replayed{.authcid = judged.login_at(where),
                                   .password = who.password.clone(),
                                   .authzid = {},
                                   .mech = who.mech};
  auto outcome = co_await ask_backend(where, replayed);
  // With a code it is about the account: the password is known there.
  if (outcome.came == verdict::refused && outcome.code.empty()
      && carrier_.may_carry(judged, where)) {
    const auto carried = co_await carry(judged, where, who);
    if (!carried)
      co_return std::nullopt;
    if (*carried != verdict::refused) // Else in the words of this backend.
      outcome = login_outcome{.came = *carried};
  }
  if (outcome.came == verdict::accepted) {
    const bool holds = co_await yes_still_holds(judged, route, who);
    if (!holds) {
      drop_backend();
      co_return std::nullopt;
    }
    if (!by_master_ && !sasl::has_token(who.mech))
      carrier_.note_own_password(judged, where);
    // Who is opened by the new side's master has been verified by the old one.
    const bool known_to_old = (where == side::on_old) != by_master_;
    if (known_to_old && !sasl::has_token(who.mech))
      provision(owner_, judged, who.password);
  }
  co_return outcome;
}

/// The backend has refused the user's own password: what the other one and the master make of
/// it. Nothing: the epoch has changed.
io::task<std::optional<login_outcome::verdict>>
login_desk::carry(const login_judgement& judged, side where, const sasl::credentials& who) {
  const auto verified = co_await carrier_.verify(judged, where, who);
  if (verified == verdict::unavailable)
    note(traffic_kind::backend, false);
  if (verified != verdict::accepted)
    co_return verified;
  bool has_tried = false;
  do { // Some servers hang up on whom they have refused.
    const bool is_there = co_await reach_backend(where);
    if (!is_there)
      co_return verdict::unavailable;
    if (owner_.epoch_has_changed())
      co_return std::nullopt;
    if (!carrier_.may_carry(judged, where)) // No more: another session has shown the password.
      co_return verdict::refused;
    const auto master = carrier_.master_for(judged, where, backend_->shown());
    if (!master)
      co_return verdict::unavailable;
    by_master_ = true;
    const auto outcome = co_await ask_backend(where, *master);
    if (outcome.came == verdict::accepted)
      co_return verdict::accepted;
  } while (!backend_ && !std::exchange(has_tried, true));
  if (backend_) {
    owner_.log(log::event::backend_failed,
               {{"backend", text_of(where)}, {"why", "does not let its master in"}});
    note(traffic_kind::backend, false);
  }
  co_return verdict::unavailable; // The password is right: no failure of the client's.
}

/// A backend's yes that came under an old epoch is void, unless the new one says the same.
/// Counted anew, so that orders to leave by an epoch between the two are void too.
io::task<bool> login_desk::yes_still_holds(const login_judgement& judged,
                                           const route_decision& route,
                                           const sasl::credentials& who) {
  while (owner_.epoch_has_changed()) {
    co_await count(judged, route);
    const auto again = judge(owner_.now_in_force(), who);
    const auto now = route_of(owner_.now_in_force(), again);
    if (!again.allowed || now.verdict != route_verdict::serve || now.to != route.to
        || again.login_at(route.to) != judged.login_at(route.to)
        || (by_master_ && !carrier_.may_carry(again, route.to)))
      co_return false;
  }
  co_return true;
}

} // namespace stellwerk

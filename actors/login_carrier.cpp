#include "actors/login_carrier.hpp"

#include "actors/carried_accounts.hpp"
#include "actors/mechanism_gap.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/base/utf8.hpp"

namespace stellwerk {
namespace {

using verdict = login_outcome::verdict;

/// Under which an account is remembered: where no table says who is meant, no other spelling
/// may make it another account.
std::string name_of(const login_judgement& judged) {
  return judged.who != nullptr ? judged.who->login : to_lower(judged.presented);
}

} // namespace

bool login_carrier::may_carry(const login_judgement& judged, side where) const {
  const auto& now = owner_.now_in_force();
  const auto master = master_at(where);
  const auto& carried = owner_.surroundings().carried;
  if (!master || !carried || master->has_ended(std::chrono::system_clock::now()))
    return false;
  const auto& name = judged.login_at(where);
  // What is not UTF-8 could not be remembered.
  return !names_a_master(now.settings().backends, name) && is_utf8(name)
         && is_utf8(judged.presented) && !carried->has_own_password(where, name_of(judged));
}

void login_carrier::note_own_password(const login_judgement& judged, side where) const {
  if (master_at(where) && owner_.surroundings().carried)
    owner_.surroundings().carried->note_own_password(where, name_of(judged));
}

io::task<std::optional<login_outcome::verdict>>
login_carrier::verify(const login_judgement& judged, side where, const sasl::credentials& who) {
  const auto master = master_at(where);
  // While the mailboxes of this side are still, they are on their way back: what the other
  // backend says of a password opens nothing here.
  const auto access = access_route(owner_.now_in_force().current, judged);
  if (!master || access.verdict != route_verdict::serve || access.to != where)
    co_return verdict::unavailable;
  const auto asked = master->verify_on;
  const auto verifier = make_();
  const auto began = owner_.now();
  auto call = owner_.call_to(asked, service_);
  auto problem = co_await verifier->open(owner_.current().now, std::move(call));
  auto came = verdict::unavailable;
  if (problem.empty()) {
    owner_.log_ready(asked, verifier->connection(), began);
    if (owner_.epoch_has_changed()) {
      verifier->part();
      co_return std::nullopt;
    }
    const sasl::credentials own{.authcid = judged.login_at(asked),
                                .password = who.password.clone(),
                                .authzid = {},
                                .mech = who.mech};
    const auto outcome = co_await verifier->log_in(own);
    came = outcome.came;
    problem = verifier->problem();
    verifier->part();
    if (owner_.epoch_has_changed())
      co_return std::nullopt;
  }
  if (!problem.empty())
    owner_.log(log::event::backend_failed,
               {{"backend", text_of(asked)}, {"for", "verify_on"}, {"why", problem}});
  co_return came;
}

std::optional<sasl::credentials> login_carrier::master_for(const login_judgement& judged,
                                                           side where,
                                                           const service_facts& shown) const {
  const auto master = master_at(where);
  const auto& key = owner_.now_in_force().masters.at(where);
  if (!master || !key)
    return std::nullopt;
  const auto& user = judged.login_at(where);
  sasl::credentials one{.authcid = std::string{master->name},
                        .password = key->clone(),
                        .authzid = user,
                        .mech = sasl::mechanism::plain};
  // Nothing but PLAIN has a place for the authzid.
  if (master->form == master_form::joined || !mechanisms_of(shown).contains("PLAIN")) {
    one.authcid = user + master_separator + std::string{master->name};
    one.authzid.clear();
  }
  return one;
}

} // namespace stellwerk

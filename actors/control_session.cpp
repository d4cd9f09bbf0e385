#include "actors/control_session.hpp"

#include "actors/control_replies.hpp"
#include "actors/cutover/move_runner.hpp"
#include "actors/log/death.hpp"
#include "actors/log/log.hpp"
#include "actors/status_reply.hpp"
#include "protocol/base/domain_name.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::size_t max_question_octets = 64 * 1024;
constexpr std::chrono::seconds question_budget{10};
constexpr std::chrono::seconds answer_budget{30};
/// For the end of a move: a terminal may be paused (Ctrl-S) over lunch.
constexpr std::chrono::hours report_budget{2};
/// Of that, once the proxy ends.
constexpr std::chrono::seconds last_words_budget{2};
/// Beyond, an operator's terminal that takes nothing misses lines; the journal has them.
constexpr std::size_t max_progress_waiting = 20000;

/// Who asks, by the kernel's word.
std::string asked_by(int descriptor) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return "control";
  return "uid " + std::to_string(who.uid);
}

void fill_in(hook_commands& asked, const hook_settings& defaults) {
  const auto fill = [](std::string& command, const std::string& otherwise) {
    if (command.empty())
      command = otherwise;
  };
  fill(asked.quiesce, defaults.quiesce);
  fill(asked.final_sync, defaults.final_sync);
  fill(asked.verify, defaults.verify);
  fill(asked.before_flip, defaults.before_flip);
  fill(asked.undo, defaults.undo);
}

} // namespace

control_session::control_session(caf::actor_config& config, environment_ptr surroundings,
                                 caf::actor supervisor, io::file_descriptor& socket)
    : coroutine_actor{config}, surroundings_{std::move(surroundings)},
      supervisor_{std::move(supervisor)}, socket_{std::move(socket)} {}

io::task<void> control_session::run() {
  const auto who = asked_by(socket_.get());
  leg peer{*this};
  if (!peer.stream().transport().adopt(std::move(socket_)))
    co_return;
  const auto until = now() + question_budget;
  std::size_t end = std::string_view::npos;
  while ((end = peer.inbox().rest().find('\n')) == std::string_view::npos) {
    if (peer.inbox().rest().size() > max_question_octets)
      co_return;
    const auto heard = co_await peer.fill(until);
    if (heard != leg::outcome::done)
      co_return;
  }
  const std::string line{peer.inbox().rest().substr(0, end)};
  const auto reply = co_await answer(peer, line, who);
  const auto end_of_answer = std::min(now() + answer_budget, last_words_until_);
  static_cast<void>(co_await peer.send(reply + '\n', end_of_answer));
  peer.stream().finish();
}

io::task<std::string> control_session::answer(leg& peer, std::string line, std::string who) {
  auto question = parse_question(line);
  if (!question)
    co_return refusal_reply("not a question this version knows",
                            "use the command line of the same version");
  log::write(log::event::control_request, {{"by", who}, {"command", question->command}});
  if (question->command == "reload") {
    reload_request asked{question->allow_removals, who};
    auto report = co_await ask<reload_report>(surroundings_->router, std::move(asked));
    co_return report ? reload_reply(*report) : gone_reply();
  }
  if (question->command == "kick") {
    kick_request asked{question->subject, who};
    auto report = co_await ask<kick_report>(surroundings_->router, std::move(asked));
    co_return report ? kick_reply(*report, question->subject) : gone_reply();
  }
  if (question->command == "drain") {
    drain_request asked{who};
    auto report = co_await ask<drain_report>(supervisor_, std::move(asked));
    co_return report ? drain_reply(*report) : gone_reply();
  }
  if (question->command == "switch" || question->command == "reverse")
    co_return co_await move(peer, std::move(question->order), std::move(who));
  if (question->command == "phase")
    co_return co_await lead(question->subject, question->to, std::move(who));
  if (question->command == "cancel")
    co_return co_await cancel(question->subject, std::move(who));
  if (question->command == "findings")
    co_return co_await findings(peer, question->subject);
  if (question->history)
    co_return co_await history(question->subject);
  auto seen = co_await ask<overview>(surroundings_->router, overview_request{});
  if (!seen)
    co_return gone_reply();
  co_return question->command == "sessions"
      ? sessions_reply(*seen)
      : status_reply(
          *seen, question->subject, surroundings_->certificate_uses.all(),
          surroundings_->refusals.all(), surroundings_->moves.all(),
          surroundings_->flips->reports(), surroundings_->exceptions.all(),
          surroundings_->strangers,
          report_provisioned(surroundings_->passwords.get(), *seen->now.now->current.accounts));
}

/// Spawns who performs the order, and tells how far that is. Who goes away ends nothing.
io::task<std::string> control_session::move(leg& peer, move_order order, std::string who) {
  order.requested_by = std::move(who);
  if (order.domains.empty())
    co_return refusal_reply("no domain was named", "stellwerk switch DOMAIN...");
  for (auto& domain : order.domains) {
    auto key = domain_key(domain);
    if (!key)
      co_return refusal_reply(domain + " is no domain", "name it as routes.yaml does");
    domain = std::move(*key);
  }
  auto seen = co_await ask<standing>(surroundings_->router, get_standing{});
  if (!seen)
    co_return gone_reply();
  auto defaults = seen->now->settings().hooks;
  if (!order.no_sync_reason.empty())
    defaults.final_sync.clear();
  fill_in(order.hooks, defaults);
  if (order.way == direction::back && order.hooks.final_sync.empty()
      && order.no_sync_reason.empty())
    co_return refusal_reply("a reverse needs --final-sync CMD or --no-sync=REASON",
                            "what has arrived on new since the flip would be left there");
  auto listener = caf::actor_cast<caf::actor>(this);
  io::spawn_pinned<move_runner>(home(), surroundings_, order, listener);
  co_await pass_on(peer);
  co_return report_ ? move_reply(*report_) : gone_reply();
}

/// Tells what the peer takes, until there is a report or none will come. Who takes nothing
/// loses lines, and has time for the report.
io::task<void> control_session::pass_on(leg& peer) {
  monitor(surroundings_->router);
  set_down_handler([this](const caf::down_msg&) {
    last_words_until_ = now() + last_words_budget;
    wake();
  });
  auto lines_until = io::clock::time_point::max();
  while (!peer.stream().has_failed()) {
    const bool takes_more = peer.stream().flush();
    if (report_ || is_gone_) {
      lines_until = std::min({lines_until, last_words_until_, now() + answer_budget});
      if (progress_.empty() || now() >= lines_until)
        break;
    }
    if (takes_more && !progress_.empty())
      peer.stream().write(take_progress());
    else
      co_await event(lines_until);
  }
  const auto until = now() + report_budget;
  while (!peer.stream().flush() && now() < std::min(until, last_words_until_))
    co_await event(std::min(until, last_words_until_));
}

/// The next line, or how many are missing before it.
std::string control_session::take_progress() {
  auto next = progress_.front();
  if (const auto count = std::exchange(left_out_, 0); count > 0)
    next.text = std::to_string(count) + " lines left out, which the journal has";
  else
    progress_.pop_front();
  return progress_line(next) + '\n';
}

/// One edge by hand.
io::task<std::string> control_session::lead(std::string domain, std::optional<phase> to,
                                            std::string who, std::string owed) {
  const auto key = domain_key(domain);
  if (!key || !to)
    co_return refusal_reply(key ? "the phases are old, moving, new, returning"
                                : domain + " is no domain",
                            "stellwerk phase DOMAIN PHASE");
  phase_request asked{
      .domain = *key, .to = *to, .expected = {}, .requested_by = std::move(who)};
  if (surroundings_->moves.find(*key))
    co_return phase_reply(phase_report{.came = phase_report::outcome::held}, asked);
  auto report = co_await ask<phase_report>(surroundings_->router, asked);
  if (!report)
    co_return gone_reply();
  if (report->came == phase_report::outcome::done)
    note_phase(asked, report->from);
  co_return phase_reply(*report, asked, owed);
}

/// For `status --history`; routes.yaml and the state are what a restart goes by.
void control_session::note_phase(const phase_request& asked, phase from) const {
  journal_record record{.kind = record_kind::phase,
                        .domain = asked.domain,
                        .from = from,
                        .to = asked.to,
                        .by = asked.requested_by};
  surroundings_->disk->post([folder = surroundings_->state_dir, record] {
    if (const auto problem = append_journal(folder, {record}); !problem.empty())
      log::write(log::event::warning_noted, {{"what", problem}});
  });
}

io::task<std::string> control_session::cancel(std::string domain, std::string who) {
  const auto key = domain_key(domain);
  if (!key)
    co_return refusal_reply(domain + " is no domain", "stellwerk cancel DOMAIN");
  if (const auto move = surroundings_->moves.find(*key)) {
    cancel_move asked{*key, std::move(who)};
    const auto answer = co_await ask<cancel_answer>(move->runner, std::move(asked));
    co_return answer ? cancel_reply(*answer, *key) : gone_reply();
  }
  auto seen = co_await ask<standing>(surroundings_->router, get_standing{});
  if (!seen)
    co_return gone_reply();
  const auto* route = seen->now->current.routes.find(*key);
  if (route == nullptr || access_of(route->now))
    co_return refusal_reply(*key + " is not being moved", "stellwerk status tells the phases",
                            cli::exit_code::refused);
  const auto from = route->now == phase::moving ? phase::on_old : phase::on_new;
  early_request asked{*key};
  const auto early = co_await ask<std::size_t>(surroundings_->router, std::move(asked));
  auto owed = owed_sync_text(early.value_or(0),
                             route->now == phase::moving ? phase::on_new : phase::on_old);
  co_return co_await lead(*key, from, std::move(who), std::move(owed));
}

/// Page by page, so that nobody holds them all.
io::task<std::string> control_session::findings(leg& peer, std::string domain) {
  const auto keeper = surroundings_->findings;
  if (!keeper)
    co_return refusal_reply("this proxy keeps no findings", "", cli::exit_code::refused);
  const auto me = caf::actor_cast<caf::actor>(this);
  for (std::int64_t after = 0;;) {
    found_.reset();
    keeper->read(after, domain,
                 [me](finding_answer came) { caf::anon_send(me, std::move(came)); });
    while (!found_)
      co_await event();
    if (!found_->problem.empty())
      co_return refusal_reply(found_->problem, "make room in state_dir, or make it readable",
                              cli::exit_code::refused);
    const auto line = findings_line(found_->page.rows) + '\n';
    const auto sent = co_await peer.send(line, now() + answer_budget);
    if (sent != leg::outcome::done)
      co_return std::string{};
    if (found_->page.is_last)
      co_return findings_reply(found_->days);
    after = found_->page.last;
  }
}

io::task<std::string> control_session::history(std::string domain) {
  const auto key = domain_key(domain);
  surroundings_->disk->post(
      [folder = surroundings_->state_dir, me = caf::actor_cast<caf::actor>(this)] {
        caf::anon_send(me, load_journal(folder));
      });
  while (!journal_)
    co_await event();
  if (!journal_->problem.empty())
    co_return refusal_reply(journal_->problem, "", cli::exit_code::refused);
  co_return history_reply(journal_->records, key.value_or(domain));
}

caf::behavior control_session::messages() {
  return {
      [this](move_progress& one) {
        progress_.push_back(std::move(one));
        if (progress_.size() > max_progress_waiting) {
          progress_.pop_front();
          ++left_out_;
        }
        wake();
      },
      [this](move_report& all) {
        report_ = std::move(all);
        wake();
      },
      [this](move_gone) {
        is_gone_ = true;
        wake();
      },
      [this](journal_load& came) {
        journal_ = std::move(came);
        wake();
      },
      [this](finding_answer& came) {
        found_ = std::move(came);
        wake();
      },
  };
}

void control_session::on_failure(std::exception_ptr thrown) noexcept {
  log::note_death("control_session", std::move(thrown));
}

} // namespace stellwerk

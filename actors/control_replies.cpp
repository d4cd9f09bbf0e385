#include "actors/control_replies.hpp"

#include "actors/cli/check.hpp"
#include "actors/control_reply.hpp"
#include "actors/findings/finding_wire.hpp"
#include "actors/log/line.hpp"

namespace stellwerk {

using cli::exit_code;
using control::finished;
using control::json;
using control::refusal;

namespace {

/// Only `default` can be without a phase.
std::string_view phase_text(const std::optional<phase>& value) {
  return value ? text_of(*value) : "refuse";
}

} // namespace

std::string reload_reply(const reload_report& report) {
  switch (report.came) {
    case reload_report::outcome::problems:
      return refusal({{"reason", "the files have problems, epoch "
                                     + std::to_string(report.epoch) + " stays in force"},
                      {"advice", may_pass(report.found) ? "reload again, once it can be reached"
                                                        : "correct them and reload again"},
                      {"problems", cli::problems_of(report.found)}},
                     may_pass(report.found) ? exit_code::refused : exit_code::configuration);
    case reload_report::outcome::too_many_removals:
      return refusal({{"reason", std::to_string(report.accounts_removed) + " of "
                                     + std::to_string(report.accounts_before)
                                     + " accounts would be removed, more than 5 %"},
                      {"advice", "if that is meant: stellwerk reload --allow-removals"}},
                     exit_code::refused);
    case reload_report::outcome::state_unwritable:
      return refusal(
          {{"reason", "the next epoch cannot be kept for a restart: " + report.why + "; epoch "
                          + std::to_string(report.epoch) + " stays in force"},
           {"advice", "make room in state_dir, or make it writable, and reload again"}},
          exit_code::refused);
    case reload_report::outcome::done:
      break;
  }
  json changed = json::array();
  for (const auto& one : report.changed)
    changed.push_back(
        {{"domain", one.domain}, {"from", phase_text(one.from)}, {"to", phase_text(one.to)}});
  return finished({{"epoch", report.epoch},
                   {"changed", changed},
                   {"draining", report.draining},
                   {"warnings", cli::warnings_of(report.found)}},
                  exit_code::done);
}

std::string sessions_reply(const overview& seen) {
  json sessions = json::array();
  for (const auto& one : seen.present)
    sessions.push_back({{"id", one.session},
                        {"protocol", text_of(one.protocol)},
                        {"login", one.login},
                        {"domain", one.domain},
                        {"backend", one.parked ? "parked" : text_of(one.where)},
                        {"client", one.client},
                        {"since", log::timestamp(one.since)},
                        {"state", one.parked                            ? "parked"
                                  : one.kind == presence_kind::delivery ? "delivering"
                                                                        : "open"}});
  return finished({{"sessions", std::move(sessions)}}, exit_code::done);
}

std::string kick_reply(const kick_report& report, std::string_view who) {
  if (report.sessions == 0)
    return refusal({{"reason", "nobody is logged in as or under " + std::string{who}},
                    {"advice", "see who is: stellwerk sessions"}},
                   exit_code::refused);
  return finished({{"kicked", report.sessions}}, exit_code::done);
}

std::string findings_line(const std::vector<finding_record>& rows) {
  json list = json::array();
  for (const auto& one : rows)
    list.push_back(findings::to_wire(one));
  return json{{"progress", {{"findings", std::move(list)}}}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
}

std::string findings_reply(const observed_days& days) {
  json counted = json::object();
  for (const auto& [domain, count] : days)
    counted[domain] = count;
  return finished({{"observed_days", std::move(counted)}}, exit_code::done);
}

std::string drain_reply(const drain_report& report) {
  return finished({{"drained", report.sessions}}, exit_code::done);
}

std::string refusal_reply(std::string_view reason, std::string_view advice, exit_code code) {
  return refusal({{"reason", reason}, {"advice", advice}}, code);
}

std::string gone_reply() {
  return refusal({{"reason", "the proxy is stopping"}, {"advice", "start it again"}},
                 exit_code::no_proxy);
}

} // namespace stellwerk

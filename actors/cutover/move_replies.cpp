#include "actors/control_replies.hpp"
#include "actors/control_reply.hpp"
#include "actors/cutover/journal_file.hpp"

#include <algorithm>

// What the control socket says of phases and moves.
namespace stellwerk {
namespace {

using cli::exit_code;
using control::finished;
using control::json;
using control::refusal;

constexpr std::size_t most_records_told = 10000;

} // namespace

std::string history_reply(const std::vector<journal_record>& records, std::string_view domain) {
  json history = json::array();
  for (auto one = records.rbegin(); one != records.rend(); ++one)
    if ((domain.empty() || one->domain == domain) && history.size() < most_records_told)
      history.push_back(json::parse(line_of(*one)));
  std::reverse(history.begin(), history.end());
  return finished({{"history", std::move(history)}}, exit_code::done);
}

std::string phase_reply(const phase_report& report, const phase_request& asked,
                        const std::string& owed) {
  using outcome = phase_report::outcome;
  const std::string from{text_of(report.from)};
  const std::string to{text_of(asked.to)};
  switch (report.came) {
    case outcome::held:
      return refusal({{"reason", asked.domain + " is being moved"},
                      {"advice", "wait for its end, or: stellwerk cancel " + asked.domain}},
                     exit_code::refused);
    case outcome::unlisted:
      return refusal({{"reason", asked.domain + " is not listed in routes.yaml"},
                      {"advice", "add its line with the phase it is in, and reload"}},
                     exit_code::refused);
    case outcome::elsewhere:
    case outcome::no_edge:
      return refusal({{"reason", asked.domain + " is " + from + (from == to ? " already" : "")
                                     + (from == to ? "" : ", and no edge leads to " + to)},
                      {"advice", "stellwerk status " + asked.domain + " tells since when"}},
                     from == to ? exit_code::refused : exit_code::configuration);
    case outcome::unloaded_edits:
      return refusal({{"reason", "routes.yaml has edits that are not loaded yet"},
                      {"advice", "load them first (stellwerk reload), or take them back"}},
                     exit_code::refused);
    case outcome::unwritable:
      return refusal({{"reason", report.why},
                      {"advice", "nothing has changed; make routes.yaml and state_dir "
                                 "writable for the proxy"}},
                     exit_code::refused);
    case outcome::done:
      break;
  }
  return finished({{"epoch", report.epoch},
                   {"domain", asked.domain},
                   {"from", from},
                   {"to", to},
                   {"draining", report.draining},
                   {"warnings", owed.empty() ? json::array() : json::array({owed})}},
                  exit_code::done);
}

std::string cancel_reply(const cancel_answer& answer, std::string_view domain) {
  const std::string name{domain};
  if (!answer.is_taken_back)
    return refusal({{"reason", "the move of " + name + " is past its flip"},
                    {"advice", "the way back is: stellwerk reverse " + name}},
                   exit_code::refused);
  return finished({{"domain", name},
                   {"cancelled", true},
                   {"phase", text_of(answer.now)},
                   {"warnings", answer.warnings}},
                  exit_code::done);
}

std::string progress_line(const move_progress& progress) {
  const json line{{"progress",
                   {{"domain", progress.domain},
                    {"step", progress.step},
                    {"text", progress.text},
                    {"left", progress.left},
                    {"budget_left_s", progress.budget_left.count() / 1000}}}};
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

namespace {

json gate_list(const std::vector<gate_result>& gates) {
  json list = json::array();
  for (const auto& gate : gates)
    list.push_back({{"name", gate.name},
                    {"ok", gate.ok},
                    {"value", gate.value},
                    {"limit", gate.limit},
                    {"waived", gate.waived.empty() ? json{} : json(gate.waived)}});
  return list;
}

json plan_list(const std::vector<planned_step>& plan) {
  json list = json::array();
  for (const auto& step : plan)
    list.push_back({{"step", text_of(step.what)},
                    {"phase", text_of(step.after)},
                    {"command", step.command.empty() ? json{} : json(step.command)},
                    {"can_be_undone", step.can_be_undone}});
  return list;
}

} // namespace

std::string move_reply(const move_report& report) {
  json domains = json::array();
  json warnings = json::array();
  const domain_result* failed = nullptr;
  for (const auto& one : report.domains) {
    const bool went_well = one.came == domain_result::outcome::done
                           || one.came == domain_result::outcome::planned;
    if (!went_well && failed == nullptr)
      failed = &one;
    domains.push_back({{"domain", one.domain},
                       {"outcome", text_of(one.came)},
                       {"phase", text_of(one.now)},
                       {"reason", one.reason.empty() ? json{} : json(one.reason)},
                       {"gates", gate_list(one.gates)},
                       {"plan", plan_list(one.plan)}});
    for (const auto& warning : one.warnings)
      warnings.push_back(one.domain + ": " + warning);
  }
  json reply = json::object();
  if (failed != nullptr) {
    const auto advice = !failed->advice.empty() ? failed->advice
                        : failed->came == domain_result::outcome::undone
                            ? failed->domain + " is " + std::string{text_of(failed->now)}
                                  + " as before; stellwerk status --history " + failed->domain
                                  + " tells each step"
                            : "nothing was touched";
    reply["error"] = {{"reason", failed->domain + ": " + failed->reason}, {"advice", advice}};
  }
  reply["command"] = text_of(report.way);
  reply["domains"] = std::move(domains);
  if (!report.domains.empty())
    reply["gates"] = gate_list((failed != nullptr ? *failed : report.domains.back()).gates);
  reply["warnings"] = std::move(warnings);
  return finished(std::move(reply), failed == nullptr ? exit_code::done : exit_code::refused);
}

} // namespace stellwerk

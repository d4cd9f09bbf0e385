#include "actors/cli/run.hpp"

#include "actors/cli/check.hpp"
#include "actors/cli/control_client.hpp"
#include "actors/cli/control_path.hpp"
#include "actors/cli/findings.hpp"
#include "actors/cli/import.hpp"
#include "actors/cli/move_ticker.hpp"
#include "actors/cli/reply_text.hpp"
#include "actors/world.hpp"

#include <exception>
#include <ostream>

namespace stellwerk::cli {

namespace {

/// JSON for a program: one object on one line, whatever octets are in it.
void print(std::ostream& out, const json& object) {
  out << object.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
}

exit_code check(const arguments& asked, std::ostream& out) {
  const auto files = load_world(asked.config_file, loading::for_start);
  if (asked.json)
    print(out, check_reply(files.found));
  else
    out << check_text(files.found, asked.config_file);
  if (may_pass(files.found))
    return exit_code::refused;
  return has_problems(files.found) ? exit_code::configuration : exit_code::done;
}

json move_request(const arguments& asked) {
  return {{"command", asked.what == command::reverse ? "reverse" : "switch"},
          {"domains", asked.domains},
          {"dry_run", asked.dry_run},
          {"waive", asked.waived},
          {"no_sync", asked.no_sync_reason},
          {"hooks",
           {{"quiesce", asked.hooks.quiesce},
            {"final_sync", asked.hooks.final_sync},
            {"verify", asked.hooks.verify},
            {"before_flip", asked.hooks.before_flip},
            {"undo", asked.hooks.undo}}}};
}

json request_for(const arguments& asked) {
  switch (asked.what) {
    case command::reload:
      return {{"command", "reload"}, {"allow_removals", asked.allow_removals}};
    case command::status:
      return {{"command", "status"}, {"domain", asked.domain}, {"history", asked.history}};
    case command::switch_domains:
    case command::reverse:
      return move_request(asked);
    case command::cancel:
      return {{"command", "cancel"}, {"domain", asked.domain}};
    case command::phase:
      return {{"command", "phase"}, {"domain", asked.domain}, {"phase", asked.phase}};
    case command::kick:
      return {{"command", "kick"}, {"who", asked.who}};
    case command::drain:
      return {{"command", "drain"}};
    case command::sessions:
    case command::findings:
    case command::import_findings:
    case command::propose_accounts:
    case command::serve:
    case command::check:
      break;
  }
  return {{"command", "sessions"}};
}

std::string text_for(const arguments& asked, const json& reply) {
  switch (asked.what) {
    case command::reload:
      return reload_text(reply);
    case command::status:
      return asked.history ? history_text(reply) : status_text(reply);
    case command::switch_domains:
    case command::reverse:
      return move_text(reply);
    case command::cancel:
    case command::phase:
      return phase_text(reply);
    case command::kick:
      return kick_text(reply);
    case command::drain:
      return drain_text(reply);
    case command::sessions:
    case command::findings:
    case command::import_findings:
    case command::propose_accounts:
    case command::serve:
    case command::check:
      break;
  }
  return sessions_text(reply);
}

exit_code refuse(bool as_json, const json& error, exit_code code, std::ostream& out,
                 std::ostream& err,
                 std::string_view consequence = "the running configuration stays in force") {
  if (as_json)
    print(out, json{{"error", error}});
  else
    err << error_text(error, consequence);
  return code;
}

/// Of who has heard no usable reply.
std::string advice_for(const arguments& asked, exit_code code) {
  if (code == exit_code::no_proxy)
    return "Start it with: stellwerk serve -c " + asked.config_file;
  if (code != exit_code::refused)
    return "";
  const auto& domain = asked.domains.empty() ? asked.domain : asked.domains.front();
  return "the outcome is unknown: stellwerk status" + (domain.empty() ? "" : ' ' + domain);
}

exit_code misuse(const parsed_arguments& line, std::ostream& out, std::ostream& err) {
  const json error{{"reason", line.text}, {"advice", line.advice}};
  return refuse(line.json, error, line.code, out, err);
}

exit_code findings(const arguments& asked, std::ostream& out, std::ostream& err) {
  const auto all = fetch_findings(asked.config_file, asked.domain);
  if (!all.error.is_null())
    return refuse(asked.json, all.error, all.code, out, err, "nothing was read");
  if (asked.json)
    print_findings_json(all, out);
  else if (asked.csv)
    print_findings_csv(all, out);
  else
    print_findings_text(all, out);
  return exit_code::done;
}

exit_code refuse_files(const arguments& asked, const diagnostics& found,
                       std::string_view consequence, std::ostream& out, std::ostream& err) {
  const bool passes = may_pass(found);
  const json error{
      {"reason", "the files have problems"},
      {"advice", passes ? "Try again, once it can be reached." : "Correct them first."},
      {"problems", problems_of(found)}};
  return refuse(asked.json, error, passes ? exit_code::refused : exit_code::configuration, out,
                err, consequence);
}

exit_code import_findings(const arguments& asked, std::ostream& out, std::ostream& err) {
  const auto files = load_snapshot(asked.config_file);
  if (!files.loaded)
    return refuse_files(asked, files.found, "nothing was imported", out, err);
  const auto imported = import_logs(*files.loaded, asked.logs);
  if (!imported.error.is_null())
    return refuse(asked.json, imported.error, imported.code, out, err,
                  imported.code == exit_code::usage ? "nothing was imported"
                                                    : "the import is not complete");
  if (asked.json)
    print(out, import_json(imported.summary));
  else
    out << import_text(imported.summary);
  return exit_code::done;
}

/// Judged by the files as they are now, since that is where the rows will be pasted.
exit_code propose(const arguments& asked, std::ostream& out, std::ostream& err) {
  const auto all = fetch_findings(asked.config_file, asked.domain);
  if (!all.error.is_null())
    return refuse(asked.json, all.error, all.code, out, err, "nothing was read");
  const auto files = load_snapshot(asked.config_file);
  if (!files.loaded)
    return refuse_files(asked, files.found, "nothing was proposed", out, err);
  const auto& routes = files.loaded->routes;
  const auto rows = propose_accounts(
      *files.loaded->accounts,
      [&](std::string_view domain) { return routes.find(domain) != nullptr; }, all.rows);
  if (asked.json)
    print(out, proposal_json(rows));
  else
    print_proposal_csv(rows, out, err);
  return exit_code::done;
}

exit_code ask(const arguments& asked, std::ostream& out, std::ostream& err) {
  diagnostics found;
  const auto control = find_control(asked.config_file, found);
  if (!control) {
    const json error{{"reason", text_of(found.front())},
                     {"advice", "Name the file that serve was started with: -c FILE"}};
    return refuse(asked.json, error, exit_code::configuration, out, err);
  }
  move_ticker ticker{out};
  const auto answer
      = ask_proxy(*control, request_for(asked), longest_step, [&](const json& progress) {
          if (!asked.json)
            ticker.show(progress);
        });
  ticker.finish();
  if (answer.code == exit_code::no_proxy && !answer.problem.empty() && has_problems(found)) {
    // Perhaps the socket is elsewhere, and the file would say so without its problems.
    const json error{{"reason", answer.problem},
                     {"advice", "Correct the file first."},
                     {"problems", problems_of(found)}};
    if (!asked.json)
      err << "stellwerk: " << answer.problem << '\n';
    return refuse(asked.json, error, exit_code::configuration, out, err, "no proxy was asked");
  }
  if (!answer.problem.empty()) {
    const json error{{"reason", answer.problem}, {"advice", advice_for(asked, answer.code)}};
    return refuse(asked.json, error, answer.code, out, err);
  }
  if (asked.json)
    print(out, answer.reply);
  else if (const auto error = answer.reply.find("error"); error != answer.reply.end())
    err << error_text(*error, "the running configuration stays in force")
        << warnings_text(answer.reply);
  else
    out << text_for(asked, answer.reply);
  return answer.code;
}

} // namespace

exit_code run(int argc, const char* const* argv, const serve_function& serve, std::ostream& out,
              std::ostream& err) {
  try {
    const auto parsed = parse_arguments(argc, argv);
    if (!parsed.to_run && parsed.code == exit_code::done) {
      out << parsed.text;
      return parsed.code;
    }
    if (!parsed.to_run)
      return misuse(parsed, out, err);
    switch (parsed.to_run->what) {
      case command::serve:
        return serve(*parsed.to_run);
      case command::check:
        return check(*parsed.to_run, out);
      case command::findings:
        return findings(*parsed.to_run, out, err);
      case command::import_findings:
        return import_findings(*parsed.to_run, out, err);
      case command::propose_accounts:
        return propose(*parsed.to_run, out, err);
      default:
        return ask(*parsed.to_run, out, err);
    }
  } catch (const std::exception& bug) {
    err << "stellwerk: internal fault: " << bug.what() << '\n';
    return exit_code::our_bug;
  }
}

} // namespace stellwerk::cli

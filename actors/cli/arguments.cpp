#include "actors/cli/arguments.hpp"

#include "actors/log/line.hpp"
#include "protocol/base/utf8.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace stellwerk::cli {

namespace {

struct command_facts {
  command what;
  const char* word;
  const char* help;
};

constexpr std::array commands{
    command_facts{command::serve, "serve", "Run the proxy in the foreground"},
    command_facts{command::check, "check",
                  "Say what serve and reload would say of the files, without starting"},
    command_facts{command::reload, "reload",
                  "Load all files; say what changed and how many sessions still drain"},
    command_facts{command::status, "status",
                  "Phases, sessions per backend, backends' health, certificates"},
    command_facts{command::switch_domains, "switch",
                  "Move domains to the new server, each as one transaction"},
    command_facts{command::reverse, "reverse", "Move them back, the same way"},
    command_facts{command::cancel, "cancel",
                  "From moving or returning back to where it came from"},
    command_facts{command::phase, "phase", "Lead a domain along one edge by hand"},
    command_facts{command::sessions, "sessions", "Who is connected where"},
    command_facts{command::kick, "kick", "End sessions at a safe point"},
    command_facts{command::findings, "findings",
                  "Who would call the help desk after enforcing, and why"},
    command_facts{command::drain, "drain",
                  "Accept nothing new, end all sessions at safe points, exit"},
};

} // namespace

namespace {

void add_move_options(CLI::App& sub, arguments& result, std::vector<std::string>& waivers) {
  sub.add_option("DOMAIN", result.domains, "In this order, each with its own commit")
      ->required();
  sub.add_flag("--dry-run", result.dry_run, "Measure the gates and tell the plan");
  const auto hook = [&](const char* name, std::string& into, const char* help) {
    sub.add_option(name, into, help)->type_name("CMD");
  };
  hook("--quiesce", result.hooks.quiesce, "Run when everybody has left, before the final sync");
  hook("--final-sync", result.hooks.final_sync, "Brings the target up to date");
  hook("--verify", result.hooks.verify, "Compares both; a failure takes everything back");
  hook("--before-flip", result.hooks.before_flip, "The last hook before the commit");
  hook("--undo", result.hooks.undo, "Run on the way back");
  sub.add_option("--waive", waivers, "Go on although this gate fails; may be repeated")
      ->type_name("NAME=REASON")
      ->expected(1)
      ->allow_extra_args(false) // What stands behind its value are domains.
      ->take_all();
}

CLI::App* add_findings_options(CLI::App& sub, arguments& result) {
  sub.add_option("DOMAIN", result.domain, "This domain only");
  sub.add_flag("--csv", result.csv, "As CSV (RFC 4180)");
  auto* importing = sub.add_subcommand(
      "import", "From logs of the old server (Dovecot, Postfix), each line once");
  importing
      ->add_option("FILE", result.logs, "In the order they were written; - is standard input")
      ->required();
  return importing;
}

void add_accounts_command(CLI::App& app, arguments& result) {
  auto* accounts = app.add_subcommand("accounts", "Work on accounts.csv");
  accounts->require_subcommand(1);
  auto* propose = accounts->add_subcommand(
      "propose", "Rows that would make those pass who have been found and are in the right");
  propose->add_option("DOMAIN", result.domain, "This domain only");
  propose->callback([&result] { result.what = command::propose_accounts; });
}

/// What is wrong with them, else empty.
std::string read_waivers(const std::vector<std::string>& written,
                         std::map<std::string, std::string>& into) {
  for (const auto& one : written) {
    const auto cut = one.find('=');
    const auto name = one.substr(0, cut);
    if (cut == std::string::npos || cut + 1 == one.size())
      return "--waive needs a reason: --waive " + name + "=REASON";
    if (std::find(gate_words.begin(), gate_words.end(), name) == gate_words.end())
      return name + " is no gate";
    into[name] = one.substr(cut + 1);
  }
  return {};
}

/// Of what a request carries, the first that is not UTF-8; JSON could not hold it.
const std::string* foreign_octets(const arguments& asked) {
  std::vector<const std::string*> carried{&asked.domain,
                                          &asked.who,
                                          &asked.phase,
                                          &asked.hooks.quiesce,
                                          &asked.hooks.verify,
                                          &asked.hooks.final_sync,
                                          &asked.hooks.undo,
                                          &asked.no_sync_reason,
                                          &asked.hooks.before_flip};
  for (const auto& domain : asked.domains)
    carried.push_back(&domain);
  for (const auto& [gate, reason] : asked.waived)
    carried.push_back(&reason);
  const auto found = std::find_if(carried.begin(), carried.end(),
                                  [](const std::string* one) { return !is_utf8(*one); });
  return found == carried.end() ? nullptr : *found;
}

parsed_arguments misuse(std::string what, std::string advice = "Try: stellwerk --help") {
  return {std::nullopt, std::move(what), exit_code::usage, std::move(advice)};
}

parsed_arguments parse(int argc, const char* const* argv) {
  arguments result;
  CLI::App app{"A mail proxy that moves domains from an old mail server to a new one.",
               "stellwerk"};
  app.set_version_flag("--version", "stellwerk " STELLWERK_VERSION);
  app.add_option("-c,--config", result.config_file, "The configuration")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_flag("--json", result.json, "Print one JSON object");
  app.require_subcommand(1);
  app.fallthrough(); // Inherited: options may stand behind the command.
  std::vector<std::string> waivers;
  const CLI::App* importing = nullptr;
  for (const auto& one : commands) {
    auto* sub = app.add_subcommand(one.word, one.help);
    sub->callback([&result, what = one.what] { result.what = what; });
    if (one.what == command::reload)
      sub->add_flag("--allow-removals", result.allow_removals,
                    "Even if more than 5 % of the accounts would go");
    if (one.what == command::status) {
      sub->add_option("DOMAIN", result.domain, "This domain only");
      sub->add_flag("--history", result.history, "The journal: every step of every move");
    }
    if (one.what == command::switch_domains || one.what == command::reverse)
      add_move_options(*sub, result, waivers);
    if (one.what == command::reverse)
      sub->add_option("--no-sync", result.no_sync_reason, "Without a final sync")
          ->type_name("REASON");
    if (one.what == command::findings)
      importing = add_findings_options(*sub, result);
    if (one.what == command::cancel || one.what == command::phase)
      sub->add_option("DOMAIN", result.domain, "As in routes.yaml")->required();
    if (one.what == command::phase)
      sub->add_option("PHASE", result.phase, "old, moving, new or returning")->required();
    if (one.what == command::kick)
      sub->add_option("LOGIN|DOMAIN", result.who, "Whose sessions; or session=ID")->required();
  }
  add_accounts_command(app, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // Help or version.
    std::ostringstream out;
    app.exit(asked, out, out);
    return {std::nullopt, std::move(out).str()};
  } catch (const CLI::Error& wrong) {
    return misuse(wrong.what());
  }
  if (auto wrong = read_waivers(waivers, result.waived); !wrong.empty())
    return misuse(wrong);
  if (importing != nullptr && importing->parsed()) {
    result.what = command::import_findings;
    if (result.csv || !result.domain.empty())
      return misuse("import takes logs: no domain, no --csv");
  }
  if (result.csv && result.json)
    return misuse("--csv or --json, not both");
  if (result.what == command::phase && !parse_phase(result.phase))
    return misuse(result.phase + " is no phase; they are old, moving, new, returning");
  if (result.what == command::kick && result.who.empty())
    return misuse("kick needs a login or a domain");
  if (const auto* foreign = foreign_octets(result))
    return misuse(log::escaped(*foreign) + " is not UTF-8",
                  result.what == command::kick
                      ? "Name the session, as `stellwerk sessions` lists it: "
                        "stellwerk kick session=ID"
                      : "Write it in UTF-8.");
  return {std::move(result), {}};
}

} // namespace

parsed_arguments parse_arguments(int argc, const char* const* argv) {
  auto parsed = parse(argc, argv);
  parsed.json = std::any_of(
      argv, argv + argc, [](const char* word) { return word == std::string_view{"--json"}; });
  return parsed;
}

} // namespace stellwerk::cli

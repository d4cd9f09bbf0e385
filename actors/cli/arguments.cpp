#include "actors/cli/arguments.hpp"

#include <CLI/CLI.hpp>

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
    command_facts{command::sessions, "sessions", "Who is connected where"},
    command_facts{command::kick, "kick", "End sessions at a safe point"},
    command_facts{command::drain, "drain",
                  "Accept nothing new, end all sessions at safe points, exit"},
};

} // namespace

parsed_arguments parse_arguments(int argc, const char* const* argv) {
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
  for (const auto& one : commands) {
    auto* sub = app.add_subcommand(one.word, one.help);
    sub->callback([&result, what = one.what] { result.what = what; });
    if (one.what == command::reload)
      sub->add_flag("--allow-removals", result.allow_removals,
                    "Even if more than 5 % of the accounts would go");
    if (one.what == command::status)
      sub->add_option("DOMAIN", result.domain, "This domain only");
    if (one.what == command::kick)
      sub->add_option("LOGIN|DOMAIN", result.who, "Whose sessions")->required();
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // Help or version.
    std::ostringstream out;
    app.exit(asked, out, out);
    return {std::nullopt, std::move(out).str(), exit_code::done};
  } catch (const CLI::Error& misuse) {
    return {std::nullopt,
            std::string{"stellwerk: "} + misuse.what() + "\nTry: stellwerk --help\n",
            exit_code::usage};
  }
  if (result.what == command::kick && result.who.empty())
    return {std::nullopt, "stellwerk: kick needs a login or a domain\n", exit_code::usage};
  return {std::move(result), {}, exit_code::done};
}

} // namespace stellwerk::cli

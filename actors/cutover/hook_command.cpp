#include "actors/cutover/hook_command.hpp"

#include "protocol/cutover/command_line.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace stellwerk {
namespace {

constexpr const char* path_of_libc = "/bin:/usr/bin";

/// 0, or the errno of a program that cannot be run.
int fault_of(const std::filesystem::path& program) {
  std::error_code unknown;
  if (std::filesystem::is_directory(program, unknown))
    return EACCES;
  return ::faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

std::vector<std::filesystem::path> places_of(const std::string& program,
                                             const std::filesystem::path& folder) {
  if (program.find('/') != std::string::npos)
    return {folder / program};
  const char* set = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe)
  std::string_view rest = set != nullptr ? set : path_of_libc;
  std::vector<std::filesystem::path> places;
  for (;;) {
    const auto end = rest.find(':');
    places.push_back(folder / rest.substr(0, end) / program);
    if (end == std::string_view::npos)
      return places;
    rest.remove_prefix(end + 1);
  }
}

using named_problem = std::pair<const char*, std::string>;

std::vector<named_problem> problems_of(const hook_commands& all,
                                       const std::filesystem::path& folder) {
  const std::array<std::pair<const char*, const std::string*>, 5> named{
      {{"quiesce", &all.quiesce},
       {"final_sync", &all.final_sync},
       {"verify", &all.verify},
       {"before_flip", &all.before_flip},
       {"undo", &all.undo}}};
  std::vector<named_problem> found;
  for (const auto& [name, command] : named) {
    if (command->empty())
      continue;
    if (auto problem = problem_of_command(*command, folder); !problem.empty())
      found.emplace_back(name, std::move(problem));
  }
  return found;
}

} // namespace

std::string problem_of_command(const std::string& command,
                               const std::filesystem::path& folder) {
  const auto words = split_command(command);
  if (!words)
    return "the command is blank or has an open quote: " + command;
  int worst = ENOENT;
  for (const auto& place : places_of(words->front(), folder)) {
    const int fault = fault_of(place);
    if (fault == 0)
      return {};
    if (fault != ENOENT && fault != ENOTDIR)
      worst = fault;
  }
  return "cannot run " + words->front() + ": " + std::strerror(worst);
}

std::string problem_of_commands(const hook_commands& all, const std::filesystem::path& folder) {
  for (const auto& [name, problem] : problems_of(all, folder))
    return std::string{name} + ": " + problem;
  return {};
}

void judge_hooks(const configuration& settings, diagnostics& out) {
  const auto& hooks = settings.hooks;
  const hook_commands all{.quiesce = hooks.quiesce,
                          .final_sync = hooks.final_sync,
                          .verify = hooks.verify,
                          .before_flip = hooks.before_flip,
                          .undo = hooks.undo};
  for (const auto& [name, problem] :
       problems_of(all, std::filesystem::absolute(settings.state_dir)))
    out.push_back({settings.file.string(), hooks.where, std::string{"hooks."} + name,
                   problem + "; every switch would be refused", severity::warning});
}

} // namespace stellwerk

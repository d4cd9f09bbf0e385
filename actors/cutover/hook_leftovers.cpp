#include "actors/cutover/hook_leftovers.hpp"

#include "actors/cutover/hook_variables.hpp"
#include "actors/io/file_descriptor.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <poll.h>
#include <sstream>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace stellwerk {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest_wait{5};

std::string text_in(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

/// `environment` is a process's: settings, each ended by NUL.
bool is_hook_of(std::string_view environment, std::string_view wanted) {
  for (;;) {
    if (environment.starts_with(wanted))
      return true;
    const auto end = environment.find('\0');
    if (end == std::string_view::npos)
      return false;
    environment.remove_prefix(end + 1);
  }
}

struct leftover {
  io::file_descriptor process; ///< A pidfd: nobody else is ever meant.
  std::string name;
};

/// Whom the process of that number was when its environment was read, if it is one of the
/// hooks'.
void look_at(int number, std::string_view wanted, std::map<int, leftover>& found) {
  if (number == ::getpid())
    return;
  io::file_descriptor process{static_cast<int>(::syscall(SYS_pidfd_open, number, 0))};
  const auto folder = std::filesystem::path{"/proc"} / std::to_string(number);
  if (!process.is_open() || !is_hook_of(text_in(folder / "environ"), wanted))
    return;
  auto name = text_in(folder / "comm");
  name.resize(std::min(name.size(), name.find('\n')));
  found[number] = {std::move(process), std::move(name)};
}

std::map<int, leftover> leftovers(std::string_view wanted) {
  std::map<int, leftover> found;
  std::error_code gone;
  for (std::filesystem::directory_iterator one{"/proc", gone}, end; !gone && one != end;
       one.increment(gone)) {
    const auto name = one->path().filename().string();
    int number = 0;
    const auto* last = name.data() + name.size();
    if (std::from_chars(name.data(), last, number).ptr == last)
      look_at(number, wanted, found);
  }
  return found;
}

bool ends_before(const io::file_descriptor& process, clock::time_point until) {
  pollfd wait{process.get(), POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
  return ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) == 1;
}

std::string joined(const std::map<int, std::string>& names) {
  std::string text;
  for (const auto& [number, name] : names)
    text += (text.empty() ? "" : ", ") + name + " (" + std::to_string(number) + ")";
  return text;
}

} // namespace

std::string end_leftover_hooks(const std::filesystem::path& state_dir) {
  const auto wanted
      = "STELLWERK_ACCOUNTS=" + accounts_file_of({}, state_dir).replace_extension().string();
  const auto until = clock::now() + longest_wait;
  std::map<int, std::string> ended;
  std::map<int, std::string> running;
  do { // Who is killed may have started another meanwhile.
    running.clear();
    const auto found = leftovers(wanted);
    for (const auto& [number, one] : found)
      ::syscall(SYS_pidfd_send_signal, one.process.get(), SIGKILL, nullptr, 0);
    for (const auto& [number, one] : found)
      (ends_before(one.process, until) ? ended : running)[number] = one.name;
    if (found.empty())
      break;
  } while (running.empty() && clock::now() < until);
  std::string told;
  if (!ended.empty())
    told = "a hook of the last process still worked and was killed: " + joined(ended);
  if (!running.empty())
    told += (told.empty() ? "" : "; ")
            + ("cannot end what a hook of the last process left: " + joined(running));
  return told;
}

} // namespace stellwerk

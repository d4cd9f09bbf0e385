#include "actors/cutover/hook_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace stellwerk {
namespace {

constexpr std::size_t max_line_octets = 1024;

struct pipe_ends {
  io::file_descriptor to_read;
  io::file_descriptor to_write;
};
std::optional<pipe_ends> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return std::nullopt;
  return pipe_ends{io::file_descriptor{ends[0]}, io::file_descriptor{ends[1]}};
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const hook_process::variables& added) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text{*one};
    bool is_added = false;
    for (const auto& [name, value] : added)
      is_added = is_added || text.starts_with(name + '=');
    if (!is_added)
      all.emplace_back(text);
  }
  for (const auto& [name, value] : added)
    all.push_back(name + '=' + value);
  return all;
}

/// Between fork and exec: nothing here may allocate or lock. Never returns.
[[noreturn]] void become_hook(int parent, int output, int fault, const char* folder,
                              char* const* arguments, char* const* variables) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  const bool ready = ::getppid() == parent && nothing >= 0 && ::dup2(nothing, 0) == 0
                     && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2
                     && ::chdir(folder) == 0;
  if (ready)
    ::execvpe(arguments[0], arguments, variables);
  const int error = errno;
  static_cast<void>(::write(fault, &error, sizeof error) == sizeof error);
  ::_exit(127);
}

} // namespace

std::string hook_process::start(const std::vector<std::string>& words, const variables& added,
                                const std::string& folder) {
  const auto failed
      = [&](int error) { return "cannot run " + words.front() + ": " + std::strerror(error); };
  auto output = open_pipe();
  auto fault = open_pipe();
  if (!output || !fault)
    return failed(errno);
  auto arguments = words;
  auto settings = environment_with(added);
  const auto argument_list = pointers_to(arguments);
  const auto setting_list = pointers_to(settings);
  const int parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0)
    become_hook(parent, output->to_write.get(), fault->to_write.get(), folder.c_str(),
                argument_list.data(), setting_list.data());
  if (process_ < 0) {
    process_ = 0; // Or its group would be everybody's.
    return failed(errno);
  }
  ::setpgid(process_, process_); // Whoever of the two comes first.
  fault->to_write.reset();
  int error = 0;
  if (::read(fault->to_read.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
    return failed(error);
  }
  watched_ = io::file_descriptor{
      static_cast<int>(::syscall(SYS_pidfd_open, process_, 0))}; // Is close-on-exec.
  output_ = std::move(output->to_read);
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  try {
    home_.watch(watched_.get(), EPOLLIN, *this);
    home_.watch(output_.get(), EPOLLIN, *this);
  } catch (const std::system_error& refused) {
    end();
    return failed(refused.code().value());
  }
  return {};
}

std::vector<std::string> hook_process::take_lines() { return lines_.take(ended_.has_value()); }

void hook_process::on_events(std::uint32_t) {
  read_output();
  reap();
  owner_.wake();
}

void hook_process::keep(std::string_view octets) {
  for (const char octet : octets) {
    if (octet != '\n') {
      if (line_.size() < max_line_octets)
        line_ += octet;
      continue;
    }
    lines_.add(std::exchange(line_, {}));
  }
}

void hook_process::read_output() {
  std::array<char, 4096> room{};
  for (int turn = 0; turn < 16 && output_.is_open(); ++turn) {
    const auto count = ::read(output_.get(), room.data(), room.size());
    if (count > 0) {
      keep({room.data(), static_cast<std::size_t>(count)});
      continue;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      home_.forget(output_.get(), *this);
      output_.reset();
    }
    return;
  }
}

void hook_process::reap() {
  siginfo_t seen{};
  if (process_ == 0
      || ::waitid(P_PID, static_cast<id_t>(process_), &seen, WEXITED | WNOHANG | WNOWAIT) != 0
      || seen.si_pid != process_)
    return;
  ::kill(-process_, SIGKILL); // Until it is waited for nobody else can have its number.
  int status = 0;
  ::waitpid(std::exchange(process_, 0), &status, 0);
  home_.forget(watched_.get(), *this);
  watched_.reset();
  read_output(); // What it said last.
  if (output_.is_open()) {
    home_.forget(output_.get(), *this); // Who has left the group may hold it for long.
    output_.reset();
  }
  if (!line_.empty())
    lines_.add(std::exchange(line_, {}));
  ended_ = WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status))
                             : "signal " + std::to_string(WTERMSIG(status));
}

void hook_process::end() {
  if (process_ == 0)
    return;
  ::kill(-process_, SIGKILL);
  ::waitpid(process_, nullptr, 0); // Killed: it does not take long.
  process_ = 0;
  if (watched_.is_open())
    home_.forget(watched_.get(), *this);
  if (output_.is_open())
    home_.forget(output_.get(), *this);
  watched_.reset();
  output_.reset();
  ended_ = "signal 9";
}

} // namespace stellwerk

#include "actors/cli/control_client.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace stellwerk::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds time_to_die{1000};

/// A socket that is closed at the end.
struct descriptor {
  int number = -1;
  explicit descriptor(int opened) : number{opened} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number >= 0)
      close(number);
  }
};

control_answer unheard(std::string problem, exit_code code = exit_code::no_proxy) {
  return {json::object(), code, std::move(problem)};
}

std::string reason() { return std::generic_category().message(errno); }

/// Empty, or why nobody can be reached there.
std::string connect_to(const descriptor& connection, const sockaddr_un& address) {
  return connect(connection.number, reinterpret_cast<const sockaddr*>(&address), sizeof address)
                 == 0
             ? std::string{}
             : reason();
}

/// Waits until the socket is ready; false when the time is over.
bool wait_for(int socket, short what, steady_clock::time_point deadline) {
  for (;;) {
    const auto left
        = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0)
      return false;
    pollfd ready{socket, what, 0};
    const auto slice = std::min<std::int64_t>(left.count(), 60'000);
    if (poll(&ready, 1, static_cast<int>(slice)) > 0)
      return true;
  }
}

/// An end without an answer: perhaps the proxy's own, perhaps of this connection alone. A
/// process that has been killed may still take a connection, and drops it a moment later; a
/// proxy that runs waits for a question.
control_answer cut_off(const sockaddr_un& address) {
  const descriptor another{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const bool runs = another.number >= 0 && connect_to(another, address).empty()
                    && !wait_for(another.number, POLLIN, steady_clock::now() + time_to_die);
  return runs ? unheard("the proxy runs, but its answer did not come", exit_code::refused)
              : unheard("the proxy ended before it answered");
}

bool send_all(int socket, std::string_view octets, steady_clock::time_point deadline) {
  while (!octets.empty()) {
    const auto sent = send(socket, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
      octets.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN && !wait_for(socket, POLLOUT, deadline))
      return false;
    else if (errno != EAGAIN && errno != EINTR)
      return false;
  }
  return true;
}

control_answer read_reply(std::string_view line) {
  auto reply = json::parse(line, nullptr, false);
  if (!reply.is_object() || !reply.contains("exit") || !reply["exit"].is_number_integer())
    return unheard("the proxy's answer makes no sense", exit_code::our_bug);
  control_answer answer;
  answer.code = static_cast<exit_code>(reply["exit"].get<int>());
  reply.erase("exit");
  answer.reply = std::move(reply);
  return answer;
}

/// False: it is the reply.
bool show_progress(std::string_view line, const progress_function& on_progress) {
  const auto read = json::parse(line, nullptr, false);
  if (!read.is_object() || !read.contains("progress"))
    return false;
  if (on_progress)
    on_progress(read["progress"]);
  return true;
}

} // namespace

control_answer ask_proxy(const std::filesystem::path& socket_path, const json& request,
                         std::chrono::milliseconds patience,
                         const progress_function& on_progress) {
  auto deadline = steady_clock::now() + patience;
  const auto where = socket_path.string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.size() >= sizeof address.sun_path)
    return unheard("the path of the control socket is too long: " + where,
                   exit_code::configuration);
  std::memcpy(address.sun_path, where.c_str(), where.size() + 1);
  const descriptor connection{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (connection.number < 0)
    return unheard("no socket: " + reason(), exit_code::our_bug);
  if (const auto problem = connect_to(connection, address); !problem.empty()) {
    if (errno == ENOENT || errno == ECONNREFUSED)
      return unheard("no proxy is running: nothing listens on " + where);
    return unheard(where + " can't be reached: " + problem);
  }
  if (!send_all(connection.number, request.dump() + '\n', deadline))
    return unheard("the proxy did not take the request: " + reason());
  std::string heard;
  std::string room(65536, '\0');
  for (;;) {
    if (!wait_for(connection.number, POLLIN, deadline))
      return unheard("the proxy did not answer in time");
    const auto got = recv(connection.number, room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return cut_off(address);
    heard.append(room.data(), static_cast<std::size_t>(got));
    for (auto end = heard.find('\n'); end != std::string::npos; end = heard.find('\n')) {
      const auto line = heard.substr(0, end);
      heard.erase(0, end + 1);
      if (!show_progress(line, on_progress))
        return read_reply(line);
      deadline = steady_clock::now() + patience;
    }
    if (heard.size() > max_reply_octets)
      return unheard("the proxy's answer is too long", exit_code::our_bug);
  }
}

} // namespace stellwerk::cli

#include "actors/cli/control_client.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace stellwerk;
using namespace stellwerk::cli;
using namespace std::chrono_literals;

namespace {

/// Takes one connection, reads a line, says `pieces` one after the other and hangs up, or dies.
class fake_proxy {
public:
  enum class ending { hangs_up, dies };

  explicit fake_proxy(std::vector<std::string> pieces, ending how = ending::hangs_up)
      : listener_{socket(AF_UNIX, SOCK_STREAM, 0)}, pieces_{std::move(pieces)}, how_{how} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    REQUIRE(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  fake_proxy(const fake_proxy&) = delete;
  fake_proxy& operator=(const fake_proxy&) = delete;
  ~fake_proxy() {
    if (thread_.joinable())
      thread_.join();
    if (how_ == ending::hangs_up)
      close(listener_);
  }
  [[nodiscard]] std::string path() const { return (folder_.path() / "control.sock").string(); }
  /// What was asked; after the answer.
  std::string request() {
    thread_.join();
    return request_;
  }

private:
  void serve() {
    const int client = accept(listener_, nullptr, nullptr);
    std::array<char, 4096> room{};
    while (request_.find('\n') == std::string::npos) {
      const auto got = read(client, room.data(), room.size());
      if (got <= 0)
        break;
      request_.append(room.data(), static_cast<std::size_t>(got));
    }
    for (const auto& piece : pieces_)
      send(client, piece.data(), piece.size(), MSG_NOSIGNAL);
    if (pieces_.empty()) // Silent until the client gives up.
      read(client, room.data(), room.size());
    if (how_ == ending::dies)
      close(listener_);
    close(client);
  }

  test::temporary_folder folder_;
  int listener_;
  std::vector<std::string> pieces_;
  ending how_;
  std::string request_;
  std::thread thread_;
};

} // namespace

TEST_CASE("one line goes out, one line comes back, in however many pieces") {
  fake_proxy proxy{{"{\"epoch\":18,", "\"exit\":", "0}", "\nrubbish"}};
  const auto answer = ask_proxy(proxy.path(), {{"command", "sessions"}}, 10s);
  CHECK(answer.problem == "");
  CHECK(answer.code == exit_code::done);
  CHECK(answer.reply.dump() == R"({"epoch":18})");
  CHECK(proxy.request() == "{\"command\":\"sessions\"}\n");
}

TEST_CASE("a long reply arrives whole, with the proxy's exit code") {
  const std::string filler(200'000, 'x');
  fake_proxy proxy{{"{\"error\":{\"reason\":\"" + filler + "\"},\"exit\":78}\n"}};
  const auto answer = ask_proxy(proxy.path(), {{"command", "reload"}}, 10s);
  CHECK(answer.code == exit_code::configuration);
  CHECK(answer.reply["error"]["reason"].get<std::string>().size() == filler.size());
}

TEST_CASE("no proxy, a silent one and a dying one are said as what they are") {
  const test::temporary_folder folder;
  auto answer = ask_proxy(folder.path() / "control.sock", {}, 1s);
  CHECK(answer.code == exit_code::no_proxy);
  CHECK(answer.problem.find("no proxy is running") == 0);
  {
    fake_proxy proxy{{}};
    answer = ask_proxy(proxy.path(), {}, 50ms);
    CHECK(answer.code == exit_code::no_proxy);
    CHECK(answer.problem == "the proxy did not answer in time");
  }
  {
    fake_proxy proxy{{"{\"epoch\""}, fake_proxy::ending::dies};
    answer = ask_proxy(proxy.path(), {}, 10s);
    CHECK(answer.code == exit_code::no_proxy);
    CHECK(answer.problem == "the proxy ended before it answered");
  }
  {
    fake_proxy proxy{{"{\"epoch\""}};
    answer = ask_proxy(proxy.path(), {}, 10s);
    CHECK(answer.code == exit_code::refused);
    CHECK(answer.problem == "the proxy runs, but its answer did not come");
  }
  {
    fake_proxy proxy{{"{\"epoch\":1}\n"}}; // No exit code.
    answer = ask_proxy(proxy.path(), {}, 10s);
    CHECK(answer.code == exit_code::our_bug);
  }
}

#include "actors/log/log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace stellwerk::log;

namespace {

/// The two ends of a pipe.
struct pipe_ends {
  std::array<int, 2> ends{};
  pipe_ends() { REQUIRE(pipe(ends.data()) == 0); }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  ~pipe_ends() {
    close(ends[0]);
    if (ends[1] >= 0)
      close(ends[1]);
  }
  /// Closes the writing end and reads to the end.
  std::string read_all() {
    close(ends[1]);
    ends[1] = -1;
    std::string text;
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = read(ends[0], room.data(), room.size())) > 0;)
      text.append(room.data(), static_cast<std::size_t>(got));
    return text;
  }
};

} // namespace

TEST_CASE("events below the level are not written, the rest is whole lines") {
  pipe_ends out;
  start({.at_least = level::warning, .as = format::text, .descriptor = out.ends[1]});
  CHECK_FALSE(enabled(event::session_ended));
  write(event::session_ended, {{"session", "1"}});
  write(event::accept_paused, {{"session", "2"}});
  adjust(level::info, format::json);
  write(event::session_ended, {{"session", "3"}});
  stop();
  CHECK_FALSE(enabled(event::actor_died));
  write(event::actor_died);
  const auto text = out.read_all();
  CHECK(text.find(" warn accept_paused session=2\n") != std::string::npos);
  CHECK(text.find(R"("event":"session_ended","session":"3"})") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("the configuration's words are the log's levels") {
  CHECK(settings_of({}).at_least == level::info);
  CHECK(settings_of({}).as == format::text);
  const auto quiet = settings_of({stellwerk::log_level::warn, stellwerk::log_format::json});
  CHECK(quiet.at_least == level::warning);
  CHECK(quiet.as == format::json);
}

TEST_CASE("a reader that stalls costs lines, never a writer's time, and the gap is told") {
  pipe_ends out;
  start({.descriptor = out.ends[1], .queue = 16});
  const std::string filler(150, 'x');
  for (int i = 0; i < 5000; ++i) // Far more than the pipe and the queue hold.
    write(event::session_ended, {{"number", i}, {"filler", filler}});
  std::string text;
  std::thread reader{[&] {
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = read(out.ends[0], room.data(), room.size())) > 0;)
      text.append(room.data(), static_cast<std::size_t>(got));
  }};
  stop();
  close(out.ends[1]);
  out.ends[1] = -1;
  reader.join();
  CHECK(text.find(" warn log_lines_lost lines=") != std::string::npos);
  CHECK(text.find("number=4999 ") != std::string::npos);
}

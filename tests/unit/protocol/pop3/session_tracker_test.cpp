#include "protocol/pop3/session_tracker.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace stellwerk::pop3;

namespace {

/// Plays what each side sends, cut into slices; `safe` and `unsafe` say what must hold there.
struct scene {
  std::size_t slice;
  session_tracker tracker{};

  void client(std::string_view octets) {
    for (; !octets.empty(); octets.remove_prefix(std::min(slice, octets.size())))
      tracker.on_client(octets.substr(0, slice));
  }
  void backend(std::string_view octets) {
    for (; !octets.empty(); octets.remove_prefix(std::min(slice, octets.size())))
      tracker.on_backend(octets.substr(0, slice));
  }
  void safe() const { CHECK(tracker.at_safe_point()); }
  void unsafe() const {
    CHECK_FALSE(tracker.at_safe_point());
    CHECK_FALSE(tracker.lost());
  }
  void lost() const {
    CHECK(tracker.lost());
    CHECK_FALSE(tracker.at_safe_point());
  }
};

void in_all_slices(const std::function<void(scene&)>& play) {
  for (const std::size_t slice : {1000000U, 1U, 2U, 3U, 5U, 64U}) {
    CAPTURE(slice);
    scene fresh{slice};
    play(fresh);
  }
}

} // namespace

TEST_CASE("safe when every command has its answer") {
  in_all_slices([](scene& s) {
    s.safe();
    s.client("ST");
    s.unsafe();
    s.client("AT\r\n");
    s.unsafe();
    s.backend("+OK 3 12");
    s.unsafe();
    s.backend("0\r\n");
    s.safe();
    s.client("noop\r\nLIST 1\r\nUIDL 2\r\n");
    s.backend("+OK\r\n+OK 1 120\r\n");
    s.unsafe();
    s.backend("-ERR no such message\r\n");
    s.safe();
  });
}

TEST_CASE("an answer of many lines is over at its lone dot, not before") {
  in_all_slices([](scene& s) {
    for (const auto* command : {"RETR 1", "top 1 0", "LIST", "UIDL", "CAPA"}) {
      s.client(std::string{command} + "\r\n");
      s.backend("+OK\r\n");
      s.unsafe();
      s.backend("a\r\n..\r\n.b\r\n\r\n.\rc\r\n");
      s.unsafe();
      s.backend(".\r");
      s.unsafe();
      s.backend("\n");
      s.safe();
    }
    s.client("RETR 9\r\n");
    s.backend("-ERR no such message\r\n");
    s.safe();
    s.client("LIST\r\nSTAT\r\n");
    s.backend("+OK\r\n.\r\n");
    s.unsafe();
    s.backend("+OK 0 0\r\n");
    s.safe();
  });
}

TEST_CASE("marks of deletion hold off the safe point until RSET or QUIT") {
  in_all_slices([](scene& s) {
    s.client("DELE 9\r\n");
    s.backend("-ERR no such message\r\n");
    s.safe();
    s.client("DELE 1\r\nDELE 9\r\n");
    s.backend("+OK\r\n-ERR\r\n");
    s.unsafe();
    s.client("RSET\r\n");
    s.backend("+OK\r\n");
    s.safe();
    s.client("DELE 1\r\nQUIT\r\n");
    s.backend("+OK\r\n+OK bye\r\n");
    CHECK(s.tracker.logged_out());
    CHECK_FALSE(s.tracker.at_safe_point());
  });
}

TEST_CASE("what ends for some and not for others is lost") {
  for (const auto* ending : {"a\n.\r\n", ".\n", "a\r\n.\n", "\n.\r\n"})
    in_all_slices([&](scene& s) {
      CAPTURE(ending);
      s.client("RETR 1\r\n");
      s.backend("+OK\r\n");
      s.backend(ending);
      s.lost();
    });
  in_all_slices([](scene& s) { // A lone LF elsewhere is only a sloppy message.
    s.client("RETR 1\r\n");
    s.backend("+OK\r\na\nb\n..\r\nc\r\n.\r\n");
    s.safe();
  });
}

TEST_CASE("a yes to what is no command of this state is lost, a no is not") {
  for (const auto* command : {"XTND XMIT", "STLS", "AUTH PLAIN", "LIST ", "LANG", ""})
    in_all_slices([&](scene& s) {
      CAPTURE(command);
      s.client(std::string{command} + "\r\n");
      s.backend("-ERR what\r\n");
      s.safe();
      s.client(std::string{command} + "\r\n");
      s.backend("+OK\r\n");
      s.lost();
    });
}

TEST_CASE("answers to nothing, answers that are none, lone LFs, too many commands: lost") {
  in_all_slices([](scene& s) {
    s.backend("-ERR Disconnected for inactivity.\r\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    s.client("STAT\r\n");
    s.backend("+ go on\r\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    s.client("STAT\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    for (int i = 0; i < 1000; ++i)
      s.client("NOOP\r\n");
    CHECK(s.tracker.outstanding() == 1000);
    s.unsafe();
    s.client("NOOP\r\n");
    s.lost();
  });
}

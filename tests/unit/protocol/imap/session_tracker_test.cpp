#include "protocol/imap/session_tracker.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace stellwerk::imap;
using namespace std::string_literals;

namespace {

/// Plays `C...` and `S...` pieces; `safe` and `unsafe` say what must hold there.
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

TEST_CASE("safe when every command has its tagged reply") {
  in_all_slices([](scene& s) {
    s.safe();
    s.client("a1 sel");
    s.unsafe();
    s.client("ect INBOX\r\n");
    s.unsafe();
    s.backend("* 3 EXISTS\r\n* OK [UNSEEN 1] x {5}\r\na1 OK");
    s.unsafe();
    s.backend(" done {7}\r\n");
    s.safe();
    s.backend("* 4 EXI");
    s.unsafe();
    s.backend("STS\r\n");
    s.safe();
  });
}

TEST_CASE("pipelined commands may be answered in any order") {
  in_all_slices([](scene& s) {
    s.client("a NOOP\r\nb NOOP\r\na NOOP\r\n");
    s.backend("b OK x\r\na OK x\r\n");
    s.unsafe();
    CHECK(s.tracker.outstanding() == 1);
    s.backend("a BAD x\r\n");
    s.safe();
  });
}

TEST_CASE("IDLE is safe between its `+` and DONE") {
  in_all_slices([](scene& s) {
    s.client("a NOOP\r\nb idle\r\n");
    s.backend("a OK x\r\n");
    s.unsafe();
    s.backend("+ idling\r\n");
    s.safe();
    s.backend("* 5 EXISTS\r\n");
    s.safe();
    s.client("do");
    s.unsafe();
    s.client("ne\r\n");
    s.unsafe();
    s.backend("b OK x\r\n");
    s.safe();
  });
}

TEST_CASE("IDLE refused, ended early, or with DONE in a hurry") {
  in_all_slices([](scene& s) {
    s.client("a IDLE\r\n");
    s.backend("a BAD no\r\n");
    s.safe();
    s.client("b IDLE\r\nDONE\r\nc APPEND x {3}\r\n");
    s.backend("+ idling\r\nb OK x\r\n");
    s.unsafe();
    s.backend("+ go\r\n");
    s.client("abc\r\n");
    s.backend("c OK x\r\n");
    s.safe();
    s.client("d IDLE\r\n");
    s.backend("+ idling\r\nd OK too long\r\n");
    s.safe();
    s.client("e IDLE\r\n");
    s.backend("+ idling\r\n");
    s.client("f NOOP\r\n");
    s.lost();
  });
}

TEST_CASE("literals of the backend are skipped by count") {
  in_all_slices([](scene& s) {
    s.client("a FETCH 1 (BODY[] FLAGS)\r\n");
    s.backend("* 1 FETCH (BODY[] {14}\r\na OK x\r\n* BYE ");
    s.unsafe();
    s.backend(" BODY[1] ~{3}\r\n\r\n+ FLAGS {0}\r\n)\r\n");
    s.unsafe();
    s.backend("a OK x\r\n");
    s.safe();
  });
}

TEST_CASE("literals of the client: synchronising, not, several in one command") {
  in_all_slices([](scene& s) {
    s.client("a APPEND INBOX (\\Seen) {8}\r\n");
    s.unsafe();
    s.backend("* 1 EXISTS\r\n+ OK\r\n");
    s.unsafe();
    s.client("b NOOP\r\n {4+}\r\nab\r\n CATENATE (TEXT ~{2}\r\n");
    s.backend("+\r\n");
    s.client("{9");
    s.unsafe();
    s.client(")\r\n");
    s.unsafe();
    s.backend("a OK [APPENDUID 1 2] x\r\n");
    s.safe();
  });
}

TEST_CASE("a refused synchronising literal is not sent") {
  in_all_slices([](scene& s) {
    s.client("a APPEND INBOX {1000}\r\n");
    s.backend("a NO [TOOBIG] no\r\n");
    s.safe();
    s.client("b NOOP\r\n");
    s.unsafe();
    s.backend("b OK x\r\n");
    s.safe();
  });
}

TEST_CASE("a refusal within a literal that flows does not end the literal") {
  in_all_slices([](scene& s) {
    s.client("a APPEND INBOX {8+}\r\nb N");
    s.backend("a NO quota\r\n");
    s.unsafe();
    s.client("OOP\r\n");
    s.unsafe();
    s.client("\r\n");
    s.safe();
    s.client("b APPEND INBOX {8}\r\n");
    s.backend("+ go\r\n");
    s.client("1234");
    s.backend("b NO quota\r\n");
    s.unsafe();
    s.client("5678\r\n");
    s.safe();
  });
}

TEST_CASE("a client that sends its literal unasked is understood unless it is refused") {
  in_all_slices([](scene& s) {
    s.client("a APPEND INBOX {3}\r\nabc\r\n");
    s.backend("+ go\r\na OK x\r\n");
    s.safe();
    s.client("b APPEND INBOX {3}\r\nabc\r\n");
    s.backend("b NO x\r\n");
    s.lost();
  });
}

TEST_CASE("BYE ends it") {
  in_all_slices([](scene& s) {
    s.client("a LOGOUT\r\n");
    s.backend("* BYE bye\r\n");
    CHECK(s.tracker.logged_out());
    CHECK_FALSE(s.tracker.at_safe_point());
    s.backend("a OK x\r\n");
    CHECK(s.tracker.logged_out());
  });
}

TEST_CASE("behind the OK to COMPRESS nothing is to be seen") {
  in_all_slices([](scene& s) {
    s.client("a COMPRESS DEFLATE\r\n");
    s.backend("a NO not now\r\n");
    s.safe();
    s.client("b compress deflate\r\n");
    s.backend("b OK go\r\n\x01\n\xff{5}\n* BYE\r\n");
    CHECK(s.tracker.opaque());
    s.client("\n\n\x03");
    CHECK(s.tracker.opaque());
    CHECK_FALSE(s.tracker.at_safe_point());
  });
}

TEST_CASE("UNAUTHENTICATE is forbidden, blanks do not hide it") {
  in_all_slices([](scene& s) {
    s.client("a NOOP\r\nb  Unauthenticate\r\nc LOGIN boss x\r\n");
    CHECK(s.tracker.forbidden());
    CHECK_FALSE(s.tracker.at_safe_point());
  });
}

TEST_CASE("who breaks the grammar loses the tracker for good") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a NOOP\n", ""},
      {"\r\n", ""},
      {"a+b NOOP\r\n", ""},
      {"DONE", "x\r\n"},
      {"", "* 1 EXISTS\n"},
      {"", "+ unasked\r\n"},
      {"", "x OK never asked\r\n"},
      {"", "*\r\n"},
      {"", "* 1 FETCH {99999999999999999999}\r\n"},
      {"a APPEND {9223372036854775808}\r\n", ""},
      {"a APPEND {00000000000000000000000000000000000000005}\r\n", ""},
      {std::string(200, 'a') + " NOOP\r\n", ""},
  };
  for (const auto& [client, backend] : cases)
    in_all_slices([&](scene& s) {
      CAPTURE(client);
      CAPTURE(backend);
      s.client(client);
      s.backend(backend);
      s.lost();
      s.client("z NOOP\r\n");
      s.backend("z OK x\r\n");
      s.lost();
    });
}

TEST_CASE("beyond a thousand tags outstanding commands are counted") {
  scene s{1000000};
  for (int i = 0; i < 1500; ++i)
    s.client("t" + std::to_string(i) + " NOOP\r\n");
  CHECK(s.tracker.outstanding() == 1500);
  for (int i = 0; i < 1500; ++i) {
    s.unsafe();
    s.backend("t" + std::to_string(i) + " OK x\r\n");
  }
  s.safe();
}

TEST_CASE("long lines and long literals take no memory and no time") {
  scene s{1000000};
  const std::string megabyte(1000000, 'x');
  s.client("a UID FETCH ");
  s.client(megabyte + "\r\n");
  s.backend("* 1 FETCH (BODY[] {1000000000}\r\n");
  for (int i = 0; i < 1000; ++i)
    s.backend(megabyte);
  s.backend(")\r\na OK x\r\n");
  s.safe();
}

TEST_CASE("a BYE has a code and a text") {
  CHECK(bye("Moved.") == "* BYE [UNAVAILABLE] Moved.\r\n");
  CHECK(bye("") == "* BYE [UNAVAILABLE] Please connect again.\r\n");
}

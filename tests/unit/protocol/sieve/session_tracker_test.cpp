#include "protocol/sieve/session_tracker.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace stellwerk::sieve;

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

TEST_CASE("safe when every command has its OK or NO") {
  in_all_slices([](scene& s) {
    s.safe();
    s.client("LISTSC");
    s.unsafe();
    s.client("RIPTS\r\nNOOP\r\n");
    s.backend("\"main\" ACTIVE\r\n\"OK\"\r\n\"no {5}\"\r\nOK \"Done");
    s.unsafe();
    s.backend(".\"\r\n");
    s.unsafe();
    s.backend("NO\r\n");
    s.safe();
  });
}

TEST_CASE("literals of both sides are skipped by count") {
  in_all_slices([](scene& s) {
    s.client("PUTSCRIPT \"main\" {11+}\r\n");
    s.unsafe();
    s.client("keep;\r\nNOOP");
    s.unsafe();
    s.client("\r\nNOOP\r\n");
    CHECK(s.tracker.outstanding() == 2);
    s.backend("OK (WARNINGS) {7}\r\nNO\r\nOK ");
    s.unsafe();
    s.backend("\r\nOK\r\n");
    s.safe();
    s.client("GETSCRIPT {4+}\r\nmain\r\n");
    s.backend("{9}\r\nOK\r\nkeep;");
    s.unsafe();
    s.backend("\r\nOK\r\n");
    s.safe();
    s.client("NOOP {0+}\r\n\r\n");
    s.backend("OK (TAG {0}\r\n");
    s.unsafe();
    s.backend(") \"x\"\r\n");
    s.safe();
  });
}

TEST_CASE("UNAUTHENTICATE is forbidden, also behind blanks, not as an argument") {
  in_all_slices([](scene& s) {
    s.client("HAVESPACE \"UNAUTHENTICATE\" 1\r\n");
    CHECK_FALSE(s.tracker.forbidden());
    s.client("  unauthenticate\r\n");
    CHECK(s.tracker.forbidden());
    CHECK_FALSE(s.tracker.at_safe_point());
  });
}

TEST_CASE("the end: LOGOUT answered, or BYE") {
  in_all_slices([](scene& s) {
    s.client("LOGOUT\r\n");
    s.unsafe();
    s.backend("OK \"bye\"\r\n");
    CHECK(s.tracker.logged_out());
    CHECK_FALSE(s.tracker.at_safe_point());
  });
  in_all_slices([](scene& s) {
    s.backend("BYE (TRYLATER) \"inactive\"\r\n");
    CHECK(s.tracker.logged_out());
  });
}

TEST_CASE("what has no place after login is lost unless refused") {
  for (const auto* command : {"AUTHENTICATE \"PLAIN\"", "STARTTLS"}) {
    CAPTURE(command);
    in_all_slices([&](scene& s) {
      s.client(std::string{command} + "\r\n");
      s.backend("NO \"Already.\"\r\n");
      s.safe();
      s.client(std::string{command} + "\r\n");
      s.backend("OK\r\n");
      s.lost();
    });
    in_all_slices([&](scene& s) {
      s.client(std::string{command} + "\r\n");
      s.backend("\"\"\r\n");
      s.lost();
    });
  }
}

TEST_CASE(
    "waiting literals, huge ones, lone LFs, answers to nothing, too many commands: lost") {
  in_all_slices([](scene& s) {
    s.client("PUTSCRIPT \"main\" {12}\r\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    s.client("PUTSCRIPT \"main\" {99999999999999999999+}\r\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    s.client("NOOP\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    s.backend("OK\r\n");
    s.lost();
  });
  in_all_slices([](scene& s) {
    for (int i = 0; i < 1000; ++i)
      s.client("NOOP\r\n");
    s.unsafe();
    s.client("NOOP\r\n");
    s.lost();
  });
}

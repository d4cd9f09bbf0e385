#pragma once

#include "benchmarks/stub_session.hpp"

#include <charconv>

namespace stellwerk::benchmarks {

/// IMAP as the stub speaks it: every login is right, message 1 is as long as the client asks
/// it to be (`FETCH 1 BODY.PEEK[]<0.LENGTH>`), and APPEND must bring the same octets.
class stub_imap final : public stub_session {
public:
  stub_imap(stream connection, bool proxy_header, const literal_octets& octets,
            stub_counters& counters)
      : stub_session{std::move(connection), proxy_header, octets, counters} {
    say(std::string{"* OK ["} + capabilities + "] stub ready\r\n");
  }

private:
  static constexpr const char* capabilities
      = "CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE AUTH=PLAIN AUTH=LOGIN";

  void on_line(const std::string& line) override {
    if (line.ends_with('}')) {
      take_literal(line);
      return;
    }
    if (!begun_.empty())
      proceed(std::exchange(begun_, {}));
    else if (!append_tag_.empty()) // the line end behind the message
      say(std::exchange(append_tag_, {}) + " OK appended\r\n");
    else
      proceed(line);
  }

  void on_message() override { ++counters_.appends; }

  /// LOGIN with literals (RFC 3501 section 4.3, RFC 7888): any octets will do.
  void take_literal(const std::string& line) {
    std::uint64_t size = 0;
    const std::size_t open = line.rfind('{');
    if (open == std::string::npos)
      throw std::runtime_error{"a literal without its start"};
    std::from_chars(line.data() + open + 1, line.data() + line.size(), size);
    if (!line.ends_with("+}"))
      say("+ go on\r\n");
    const std::size_t space = line.find(' ');
    if (space != std::string::npos && line.substr(space + 1).starts_with("APPEND ")) {
      append_tag_ = line.substr(0, space);
      expect_message(size);
      return;
    }
    skip(size);
    if (begun_.empty())
      begun_ = line;
  }

  void proceed(const std::string& line) {
    if (!idle_tag_.empty()) { // DONE
      say(std::exchange(idle_tag_, {}) + " OK idle ended\r\n");
      return;
    }
    if (!sasl_tag_.empty()) {
      logged_in(std::exchange(sasl_tag_, {}));
      return;
    }
    const std::size_t first = line.find(' ');
    if (first == std::string::npos)
      throw std::runtime_error{"a command without tag: " + line};
    const std::size_t second = std::min(line.find(' ', first + 1), line.size());
    answer(line.substr(0, first), upper_case(line.substr(first + 1, second - first - 1)), line);
  }

  void answer(const std::string& tag, const std::string& verb, const std::string& line) {
    if (verb == "LOGIN") {
      logged_in(tag);
    } else if (verb == "AUTHENTICATE") {
      if (std::count(line.begin(), line.end(), ' ') > 2) { // SASL-IR (RFC 4959)
        logged_in(tag);
      } else {
        sasl_tag_ = tag;
        say("+ \r\n");
      }
    } else if (verb == "FETCH") {
      fetch(tag, line);
    } else if (verb == "IDLE") {
      ++counters_.idles;
      idle_tag_ = tag;
      say("+ idling\r\n");
    } else if (verb == "LOGOUT") {
      say("* BYE until next time\r\n" + tag + " OK logged out\r\n");
      leave();
    } else if (verb == "CAPABILITY") {
      say(std::string{"* "} + capabilities + "\r\n" + tag + " OK done\r\n");
    } else if (verb == "ID") {
      if (line.find("x-originating-ip") != std::string::npos)
        told();
      say("* ID (\"name\" \"stub\")\r\n" + tag + " OK done\r\n");
    } else if (verb == "NOOP") {
      ++counters_.noops;
      say(tag + " OK done\r\n");
    } else if (verb == "ENABLE") {
      say(tag + " OK done\r\n");
    } else {
      say(tag + " BAD the stub does not know this\r\n");
    }
  }

  void logged_in(const std::string& tag) {
    ++counters_.logins;
    worked();
    say(tag + " OK [" + capabilities + "] logged in\r\n");
  }

  void fetch(const std::string& tag, const std::string& line) {
    constexpr std::string_view section = "BODY.PEEK[]<0.";
    std::uint64_t length = 0;
    const std::size_t at = line.find(section);
    if (at == std::string::npos)
      throw std::runtime_error{"a FETCH that the stub does not know"};
    std::from_chars(line.data() + at + section.size(), line.data() + line.size(), length);
    ++counters_.fetches;
    say_message("* 1 FETCH (BODY[]<0> {" + std::to_string(length) + "}\r\n", length);
    say(")\r\n" + tag + " OK fetched\r\n");
  }

  std::string begun_; ///< The first line of a command that has literals.
  std::string append_tag_;
  std::string idle_tag_;
  std::string sasl_tag_;
};

} // namespace stellwerk::benchmarks

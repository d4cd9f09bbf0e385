#pragma once

#include "benchmarks/stub_session.hpp"

#include <charconv>

namespace stellwerk::benchmarks {

/// SMTP as the stub speaks it, for port 25 and submission: every login is right, XCLIENT is
/// believed, and the body of a message must be the octets it was sent with. A header field
/// `X-Body-Octets` says how many; header lines added on the way do not matter.
class stub_smtp final : public stub_session {
public:
  stub_smtp(stream connection, bool proxy_header, const literal_octets& octets,
            stub_counters& counters)
      : stub_session{std::move(connection), proxy_header, octets, counters} {
    greet();
  }

private:
  enum class part { commands, credentials, header, body_end };

  void greet() { say("220 stub.example ESMTP\r\n"); }

  void on_line(const std::string& line) override {
    switch (part_) {
      case part::commands:
        answer(upper_case(line.substr(0, line.find_first_of(" :"))), line);
        return;
      case part::credentials:
        logged_in();
        return;
      case part::header:
        on_header(line);
        return;
      case part::body_end:
        if (line != ".")
          throw std::runtime_error{"a message goes on behind its end"};
        ++counters_.messages;
        worked();
        part_ = part::commands;
        say("250 2.0.0 taken\r\n");
        return;
    }
  }

  void on_message() override { part_ = part::body_end; }

  void on_header(const std::string& line) {
    constexpr std::string_view field = "X-Body-Octets: ";
    if (line.starts_with(field))
      std::from_chars(line.data() + field.size(), line.data() + line.size(), body_octets_);
    if (!line.empty())
      return;
    if (body_octets_ == 0)
      throw std::runtime_error{"a message that does not say how long it is"};
    expect_message(std::exchange(body_octets_, 0));
  }

  void answer(const std::string& verb, const std::string& line) {
    if (verb == "EHLO") {
      say("250-stub.example\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n"
          "250-ENHANCEDSTATUSCODES\r\n250-AUTH PLAIN LOGIN\r\n"
          "250 XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n");
    } else if (verb == "XCLIENT") {
      told();
      greet();
    } else if (verb == "AUTH") {
      if (std::count(line.begin(), line.end(), ' ') > 1) {
        logged_in();
      } else {
        part_ = part::credentials;
        say("334 \r\n");
      }
    } else if (verb == "RCPT") {
      // No relay: only the domains of the benchmark.
      say(line.find(".example>") == std::string::npos ? "550 5.7.1 no relay\r\n"
                                                      : "250 2.1.5 ok\r\n");
    } else if (verb == "DATA") {
      part_ = part::header;
      say("354 go on\r\n");
    } else if (verb == "QUIT") {
      say("221 2.0.0 until next time\r\n");
      leave();
    } else if (verb == "HELO" || verb == "MAIL" || verb == "RSET" || verb == "NOOP") {
      say("250 2.0.0 ok\r\n");
    } else {
      say("500 5.5.2 the stub does not know this\r\n");
    }
  }

  void logged_in() {
    ++counters_.logins;
    part_ = part::commands;
    say("235 2.7.0 logged in\r\n");
  }

  part part_ = part::commands;
  std::uint64_t body_octets_ = 0;
};

} // namespace stellwerk::benchmarks

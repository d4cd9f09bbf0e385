#pragma once

#include "benchmarks/literal.hpp"
#include "benchmarks/stream.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <deque>
#include <optional>

namespace stellwerk::benchmarks {

/// What the stub has seen since its start; the harness compares it with what was asked for.
struct stub_counters {
  std::uint64_t connections = 0;
  std::uint64_t tls_connections = 0; ///< Of these, those over TLS.
  std::uint64_t open = 0;            ///< Now, plain and TLS.
  std::uint64_t logins = 0;
  std::uint64_t idles = 0;
  std::uint64_t fetches = 0;
  std::uint64_t literal_octets = 0; ///< Of FETCH replies, handed to the kernel.
  std::uint64_t logouts = 0;
};

/// One IMAP connection of the stub: every login is right, and message 1 is as long as the
/// client asks it to be (`FETCH 1 BODY.PEEK[]<0.LENGTH>`).
class stub_session {
public:
  stub_session(stream connection, const literal_octets& octets, stub_counters& counters)
      : stream_{std::move(connection)}, octets_{octets}, counters_{counters} {
    say(std::string{"* OK ["} + capabilities + "] stub ready\r\n");
  }

  [[nodiscard]] stream& connection() { return stream_; }

  /// Goes on as far as the socket allows and says what to wait for; `closed`: it is over.
  io_status advance() {
    if (!shaken_) {
      if (const io_status status = stream_.handshake().status; status != io_status::progress)
        return status;
      shaken_ = true;
    }
    for (;;) {
      if (const io_status status = flush(); status != io_status::progress)
        return status;
      if (leaving_) {
        stream_.shut_down();
        return io_status::closed;
      }
      std::array<char, 16384> piece; // NOLINT: filled by read
      const io_result got = stream_.read(piece);
      if (got.status != io_status::progress)
        return got.status;
      input_.append(piece.data(), got.octets);
      while (take_command()) {
      }
      if (input_.size() > 65536)
        throw std::runtime_error{"a command without end"};
    }
  }

private:
  static constexpr const char* capabilities
      = "CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE AUTH=PLAIN AUTH=LOGIN";

  /// A text, then that many octets of message.
  struct output {
    std::string text;
    std::uint64_t literal = 0;
    std::uint64_t sent = 0;
  };

  void say(std::string text) { outputs_.push_back({std::move(text)}); }

  /// Sends what is due, at most about 4 MiB in one go, so that all sessions have their turn.
  io_status flush() {
    for (std::size_t total = 0; !outputs_.empty();) {
      output& next = outputs_.front();
      const bool in_text = next.sent < next.text.size();
      const std::uint64_t offset = next.sent - next.text.size();
      if (!in_text && offset >= next.literal) {
        outputs_.pop_front();
        continue;
      }
      if (total > 4U << 20U)
        return io_status::want_write;
      const io_result put
          = stream_.write(in_text ? std::string_view{next.text}.substr(next.sent)
                                  : octets_.at(offset, next.literal - offset));
      if (put.status != io_status::progress)
        return put.status;
      next.sent += put.octets;
      total += put.octets;
      if (!in_text)
        counters_.literal_octets += put.octets;
    }
    return io_status::progress;
  }

  /// Takes one line, or one literal of a command, off the input. False: more is needed.
  bool take_command() {
    if (awaited_literal_) {
      if (input_.size() < *awaited_literal_)
        return false;
      input_.erase(0, *awaited_literal_);
      awaited_literal_.reset();
    }
    const std::size_t end = input_.find('\n');
    if (end == std::string::npos || leaving_)
      return false;
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    if (line.ends_with('\r'))
      line.pop_back();
    if (line.ends_with('}')) {
      await_literal(line);
      return true;
    }
    if (!begun_.empty())
      line = std::exchange(begun_, {});
    proceed(line);
    return true;
  }

  /// LOGIN with literals (RFC 3501 section 4.3, RFC 7888): any octets will do.
  void await_literal(const std::string& line) {
    std::size_t size = 0;
    const std::size_t open = line.rfind('{');
    if (open == std::string::npos)
      throw std::runtime_error{"a literal without its start"};
    std::from_chars(line.data() + open + 1, line.data() + line.size(), size);
    if (!line.ends_with("+}"))
      say("+ go on\r\n");
    awaited_literal_ = size;
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
      throw std::runtime_error{"a command without tag"};
    const std::size_t second = std::min(line.find(' ', first + 1), line.size());
    const std::string tag = line.substr(0, first);
    std::string verb = line.substr(first + 1, second - first - 1);
    std::transform(verb.begin(), verb.end(), verb.begin(),
                   [](unsigned char octet) { return static_cast<char>(std::toupper(octet)); });
    answer(tag, verb, line);
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
      ++counters_.logouts;
      leaving_ = true;
      say("* BYE until next time\r\n" + tag + " OK logged out\r\n");
    } else if (verb == "CAPABILITY") {
      say(std::string{"* "} + capabilities + "\r\n" + tag + " OK done\r\n");
    } else if (verb == "ID") {
      say("* ID (\"name\" \"stub\")\r\n" + tag + " OK done\r\n");
    } else if (verb == "NOOP" || verb == "ENABLE") {
      say(tag + " OK done\r\n");
    } else {
      say(tag + " BAD the stub does not know this\r\n");
    }
  }

  void logged_in(const std::string& tag) {
    ++counters_.logins;
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
    outputs_.push_back({"* 1 FETCH (BODY[]<0> {" + std::to_string(length) + "}\r\n", length});
    say(")\r\n" + tag + " OK fetched\r\n");
  }

  stream stream_;
  const literal_octets& octets_;
  stub_counters& counters_;
  bool shaken_ = false;
  bool leaving_ = false;
  std::string input_;
  std::string begun_; ///< The first line of a command that has literals.
  std::optional<std::size_t> awaited_literal_;
  std::string idle_tag_;
  std::string sasl_tag_;
  std::deque<output> outputs_;
};

} // namespace stellwerk::benchmarks

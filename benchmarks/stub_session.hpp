#pragma once

#include "benchmarks/literal_check.hpp"
#include "benchmarks/output_queue.hpp"
#include "benchmarks/stub_counters.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stellwerk::benchmarks {

/// How a connection to the stub begins.
struct stub_service {
  enum class protocol { imap, smtp };
  protocol speaks = protocol::imap;
  bool tls = false;
  bool proxy_header = false; ///< A PROXY header comes first, in clear.
};

inline std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char octet) { return static_cast<char>(std::toupper(octet)); });
  return text;
}

/// One connection of the stub, whatever it speaks: sends what is queued, hands over lines and
/// the octets of messages. Whatever strays throws.
class stub_session {
public:
  stub_session(stream connection, bool proxy_header, const literal_octets& octets,
               stub_counters& counters)
      : counters_{counters}, stream_{std::move(connection)},
        header_due_{proxy_header}, octets_{octets}, message_{octets} {}
  stub_session(const stub_session&) = delete;
  stub_session& operator=(const stub_session&) = delete;
  virtual ~stub_session() = default;

  [[nodiscard]] stream& connection() { return stream_; }

  /// Goes on as far as the socket allows and says what to wait for; `closed`: it is over.
  io_status advance(std::span<char> scratch) {
    if (header_due_ && !take_proxy_header())
      return io_status::want_read;
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
      const io_result got = stream_.read(scratch);
      if (got.status != io_status::progress)
        return got.status;
      take({scratch.data(), got.octets});
    }
  }

protected:
  void say(std::string text) { outputs_.add(std::move(text)); }
  void say_message(std::string text, std::uint64_t octets) {
    outputs_.add(std::move(text), octets);
  }

  /// The next octets are no lines but a message of that length.
  void expect_message(std::uint64_t octets) { message_.begin(octets); }

  /// The next octets are no line and no message: any will do.
  void skip(std::uint64_t octets) { skipped_left_ = octets; }

  /// From now on the end of the connection counts; a proxy's own probes never come so far.
  void worked() { worked_ = true; }

  /// Closes as soon as all is said.
  void leave() {
    counters_.logouts += worked_ ? 1 : 0;
    leaving_ = true;
  }

  /// The connection has named the client for whom it is there.
  void told() {
    counters_.told += told_ ? 0 : 1;
    told_ = true;
  }

  /// A line, less its line end.
  virtual void on_line(const std::string& line) = 0;
  virtual void on_message() = 0;

  stub_counters& counters_;

private:
  /// Version 1 is a line. Version 2: 12 octets of signature, 2 of command and family, 2 of
  /// length, then addresses. Peeks first, so that not one octet behind the header is taken.
  bool take_proxy_header() {
    constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
    std::array<char, 512> piece{};
    const ssize_t count = ::recv(stream_.number(), piece.data(), piece.size(), MSG_PEEK);
    if (count < 0 && errno == EAGAIN)
      return false;
    const std::string_view seen{piece.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(piece[at]); };
    std::size_t whole = seen.size() + 1; // it always comes in one piece
    if (seen.starts_with("PROXY TCP4 127.0.0.1 "))
      whole = seen.find("\r\n") + 2;
    else if (seen.starts_with(signature))
      whole = 16 + std::size_t{octet(14)} * 256 + octet(15);
    if (whole < 16 || whole > seen.size()
        || ::recv(stream_.number(), piece.data(), whole, 0) != static_cast<ssize_t>(whole))
      throw std::runtime_error{"not a PROXY header"};
    header_due_ = false;
    told();
    return true;
  }

  io_status flush() {
    const std::uint64_t before = outputs_.literal_octets_sent();
    const io_status status = outputs_.flush(stream_, octets_);
    counters_.literal_octets += outputs_.literal_octets_sent() - before;
    return status;
  }

  void take(std::string_view input) {
    while (!input.empty() && !leaving_) {
      if (skipped_left_ > 0) {
        const std::uint64_t size = std::min<std::uint64_t>(skipped_left_, input.size());
        input.remove_prefix(size);
        skipped_left_ -= size;
        continue;
      }
      if (message_.left() > 0) {
        counters_.literal_octets += message_.take(input);
        if (message_.left() == 0)
          on_message();
        continue;
      }
      const std::size_t end = input.find('\n');
      line_ += input.substr(0, end);
      if (line_.size() > 65536)
        throw std::runtime_error{"a line without end"};
      if (end == std::string_view::npos)
        return;
      input.remove_prefix(end + 1);
      if (line_.ends_with('\r'))
        line_.pop_back();
      on_line(std::exchange(line_, {}));
    }
  }

  stream stream_;
  bool header_due_;
  bool shaken_ = false;
  bool leaving_ = false;
  bool told_ = false;
  bool worked_ = false;
  output_queue outputs_;
  const literal_octets& octets_;
  literal_check message_;
  std::uint64_t skipped_left_ = 0;
  std::string line_;
};

} // namespace stellwerk::benchmarks

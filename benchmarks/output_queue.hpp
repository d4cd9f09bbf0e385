#pragma once

#include "benchmarks/literal.hpp"
#include "benchmarks/stream.hpp"

#include <deque>
#include <string>
#include <utility>

namespace stellwerk::benchmarks {

/// What is still to be sent: texts, and messages that are never copied.
class output_queue {
public:
  /// Adds `text`, then that many octets of message from their start.
  void add(std::string text, std::uint64_t literal = 0) {
    pieces_.push_back({std::move(text), literal});
  }

  [[nodiscard]] bool empty() const { return pieces_.empty(); }

  /// Octets of messages that the kernel has taken since the beginning.
  [[nodiscard]] std::uint64_t literal_octets_sent() const { return literal_octets_sent_; }

  /// Sends what is due, at most about 4 MiB in one go, so that all sessions have their turn.
  io_status flush(stream& connection, const literal_octets& octets) {
    for (std::size_t total = 0; !pieces_.empty();) {
      piece& next = pieces_.front();
      const bool in_text = next.sent < next.text.size();
      const std::uint64_t offset = next.sent - next.text.size();
      if (!in_text && offset >= next.literal) {
        pieces_.pop_front();
        continue;
      }
      if (total > 4U << 20U)
        return io_status::want_write;
      const io_result put
          = connection.write(in_text ? std::string_view{next.text}.substr(next.sent)
                                     : octets.at(offset, next.literal - offset));
      if (put.status != io_status::progress)
        return put.status;
      next.sent += put.octets;
      total += put.octets;
      if (!in_text)
        literal_octets_sent_ += put.octets;
    }
    return io_status::progress;
  }

private:
  struct piece {
    std::string text;
    std::uint64_t literal = 0;
    std::uint64_t sent = 0;
  };

  std::deque<piece> pieces_;
  std::uint64_t literal_octets_sent_ = 0;
};

} // namespace stellwerk::benchmarks

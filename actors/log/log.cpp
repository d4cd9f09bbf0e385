#include "actors/log/log.hpp"

#include <spdlog/async.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <poll.h>
#include <shared_mutex>
#include <unistd.h>

namespace stellwerk::log {

namespace {

constexpr int off = 100;

/// Writes whole lines to a descriptor; runs on the writer thread alone.
class descriptor_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  explicit descriptor_sink(int descriptor) : descriptor_{descriptor} {}

  /// Asked before each line, so that a gap in the log says that it is one.
  spdlog::details::thread_pool* queue = nullptr; ///< Joins this thread before it goes.
  std::atomic<format>* as = nullptr;

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (const auto lost = queue->overrun_counter(); lost > said_) {
      const field fields[] = {{"lines", lost - said_}};
      said_ = lost;
      put(line(*as, std::chrono::system_clock::now(), event::log_lines_lost, fields) + "\n");
    }
    put({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

private:
  void put(std::string_view octets) const {
    while (!octets.empty()) {
      const auto written = ::write(descriptor_, octets.data(), octets.size());
      if (written > 0)
        octets.remove_prefix(static_cast<std::size_t>(written));
      else if (written < 0 && errno == EAGAIN) {
        pollfd ready{descriptor_, POLLOUT, 0};
        poll(&ready, 1, -1);
      } else if (written == 0 || errno != EINTR)
        return; // Nobody reads the log any more; the mail goes on.
    }
  }

  int descriptor_;
  std::size_t said_ = 0;
};

struct writer {
  std::shared_ptr<spdlog::async_logger> logger;
  /// Goes first: its destructor writes what is queued and joins the thread that uses the sink.
  std::shared_ptr<spdlog::details::thread_pool> pool;
};

std::shared_mutex guard; // Exclusive to set `current`, shared to use it.
std::unique_ptr<writer> current;
std::atomic<int> threshold{off};
std::atomic<format> shape{format::text};

} // namespace

settings settings_of(const log_settings& configured) {
  settings result;
  result.as = configured.format == log_format::json ? format::json : format::text;
  switch (configured.level) {
    case log_level::trace:
    case log_level::debug:
      result.at_least = level::debug;
      break;
    case log_level::info:
      result.at_least = level::info;
      break;
    case log_level::warn:
      result.at_least = level::warning;
      break;
    case log_level::error:
      result.at_least = level::error;
      break;
  }
  return result;
}

void start(const settings& how) {
  auto pool = std::make_shared<spdlog::details::thread_pool>(how.queue, 1);
  auto sink = std::make_shared<descriptor_sink>(how.descriptor);
  sink->queue = pool.get();
  sink->as = &shape;
  auto logger = std::make_shared<spdlog::async_logger>(
      "stellwerk", std::move(sink), pool, spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(spdlog::level::trace); // `threshold` decides, before a line is built.
  adjust(how.at_least, how.as);
  const std::unique_lock hold{guard};
  current = std::make_unique<writer>(writer{std::move(logger), std::move(pool)});
}

void adjust(level at_least, format as) {
  shape = as;
  threshold = static_cast<int>(at_least);
}

void stop() {
  threshold = off;
  const std::unique_lock hold{guard};
  current.reset();
}

bool enabled(event what) {
  return static_cast<int>(level_of(what)) >= threshold.load(std::memory_order_relaxed);
}

void write(event what, std::span<const field> fields) {
  if (!enabled(what))
    return;
  const auto text = line(shape, std::chrono::system_clock::now(), what, fields) + "\n";
  const std::shared_lock hold{guard};
  if (current)
    current->logger->log(spdlog::level::info, text);
}

void write(event what, std::initializer_list<field> fields) {
  write(what, std::span<const field>{fields.begin(), fields.size()});
}

} // namespace stellwerk::log

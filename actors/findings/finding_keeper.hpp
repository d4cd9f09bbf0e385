#pragma once

#include "actors/findings/finding_store.hpp"
#include "actors/findings/finding_tally.hpp"
#include "config/schema.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace stellwerk {

/// Some of the findings for whoever asked; with `problem` nothing.
struct finding_answer {
  finding_page page;
  observed_days days; ///< With the last page.
  std::string problem;
};

/// Keeps what is found in `findings.db`, on a thread of its own: whoever notes something never
/// waits for a disk. A database that cannot be written is one warning, and what cannot be kept
/// meanwhile is lost.
class finding_keeper {
public:
  using clock = std::function<std::chrono::system_clock::time_point()>;

  finding_keeper(std::filesystem::path state_dir, findings_settings settings,
                 clock now = std::chrono::system_clock::now);
  /// Writes what is not written yet.
  ~finding_keeper();
  finding_keeper(const finding_keeper&) = delete;
  finding_keeper& operator=(const finding_keeper&) = delete;

  /// Any thread. Overlong logins and domains are nobody's; other overlong text is cut.
  void note(finding what);
  /// Somebody of this domain has logged in today. Any thread.
  void note_observed(std::string_view domain);

  /// A page of what there is, as `finding_store::page` has it, after what is still to be
  /// written. `answer` is called on the keeper's thread and must not throw. Any thread.
  void read(std::int64_t after, std::string domain, std::function<void(finding_answer)> answer);

  /// Findings that differ, between two writes; more are lost.
  static constexpr std::size_t most_waiting = 20000;
  static constexpr std::size_t most_domains = 100000;
  static constexpr std::size_t rows_of_page = 500;

private:
  struct question {
    std::int64_t after = 0;
    std::string domain;
    std::function<void(finding_answer)> answer;
  };

  void run();
  void write();
  void write(const finding_batch& batch);
  void take_back(finding_batch batch);
  [[nodiscard]] finding_answer answer_to(const question& asked);
  void complain(const std::string& problem);

  const std::filesystem::path file_;
  const findings_settings settings_;
  const clock now_;

  std::mutex mutex_;
  std::condition_variable changed_;
  finding_tally waiting_{most_waiting};
  std::set<std::pair<std::string, std::chrono::sys_days>> observed_; // Not written yet.
  std::map<std::string, std::chrono::sys_days, std::less<>> last_observed_;
  std::deque<question> questions_;
  bool ending_ = false;

  // Of its thread.
  std::optional<finding_store> store_;
  std::chrono::steady_clock::time_point next_trim_{};
  std::size_t rows_added_ = 0;    // Since.
  std::chrono::sys_days today_{}; // The last that was told as observed.
  bool has_complained_ = false;
  std::thread thread_;
};

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::finding_answer)

#include "actors/findings/finding_keeper.hpp"

#include "actors/log/log.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

using findings::database;

constexpr std::chrono::seconds between_writes{2};
constexpr std::chrono::minutes between_trims{10};
constexpr std::size_t longest_domain = 320;

finding_record::time_point rounded(std::chrono::system_clock::time_point when) {
  return std::chrono::floor<std::chrono::milliseconds>(when);
}

} // namespace

finding_keeper::finding_keeper(std::filesystem::path state_dir, findings_settings settings,
                               clock now)
    : file_{finding_store::file_in(state_dir)}, settings_{settings}, now_{std::move(now)},
      thread_{[this] { run(); }} {}

finding_keeper::~finding_keeper() {
  {
    const std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void finding_keeper::note(finding what) {
  if (!make_fit(what))
    return;
  const auto when = rounded(now_());
  const std::uint64_t accepted = what.accepted ? 1 : 0;
  finding_record one{std::move(what), 1, accepted, when, when};
  const std::lock_guard guard{mutex_};
  waiting_.note(std::move(one));
}

void finding_keeper::note_observed(std::string_view domain) {
  if (domain.empty() || domain.size() > longest_domain)
    return;
  const auto today = std::chrono::floor<std::chrono::days>(now_());
  const std::lock_guard guard{mutex_};
  auto found = last_observed_.find(domain);
  if (found == last_observed_.end()) {
    if (last_observed_.size() >= most_domains)
      return;
    found = last_observed_.emplace(domain, std::chrono::sys_days{}).first;
  }
  if (found->second == today)
    return;
  found->second = today;
  observed_.emplace(domain, today);
}

void finding_keeper::read(std::int64_t after, std::string domain,
                          std::function<void(finding_answer)> answer) {
  {
    const std::lock_guard guard{mutex_};
    questions_.push_back({after, std::move(domain), std::move(answer)});
  }
  changed_.notify_one();
}

void finding_keeper::run() {
  for (;;) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, between_writes, [this] { return ending_ || !questions_.empty(); });
    const bool is_end = ending_;
    auto questions = std::exchange(questions_, {});
    lock.unlock();
    write();
    for (const auto& one : questions)
      one.answer(answer_to(one));
    if (is_end)
      return;
  }
}

void finding_keeper::write() {
  finding_batch batch;
  finding_tally found{most_waiting};
  {
    const std::lock_guard guard{mutex_}; // Sessions wait for it, so it is short.
    std::swap(found, waiting_);
    batch.observed.swap(observed_);
  }
  batch.found = found.take();
  const auto today = std::chrono::floor<std::chrono::days>(now_());
  if (std::exchange(today_, today) != today)
    batch.observed.emplace(all_domains, today); // That nobody has come is seen too.
  try {
    write(batch);
    has_complained_ = false;
  } catch (const std::exception& fault) {
    complain(fault.what());
    store_.reset();
    take_back(std::move(batch));
  }
}

void finding_keeper::write(const finding_batch& batch) {
  if (!store_)
    store_.emplace(file_, database::access::write);
  if (!batch.found.empty() || !batch.observed.empty())
    rows_added_ += store_->add(batch);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_trim_ && rows_added_ <= settings_.max_rows / 100)
    return;
  store_->trim(settings_.max_rows, rounded(now_() - settings_.retention));
  next_trim_ = now + between_trims;
  rows_added_ = 0;
}

/// For the next time; what was noted meanwhile is newer.
void finding_keeper::take_back(finding_batch batch) {
  const std::lock_guard guard{mutex_};
  for (auto& one : batch.found)
    waiting_.note(std::move(one));
  observed_.merge(batch.observed);
  while (observed_.size() > most_domains)
    observed_.erase(observed_.begin());
}

finding_answer finding_keeper::answer_to(const question& asked) {
  finding_answer answer;
  try {
    if (!store_)
      store_.emplace(file_, database::access::write);
    answer.page = store_->page(asked.after, rows_of_page, asked.domain);
    if (answer.page.is_last)
      answer.days = store_->days(asked.domain);
  } catch (const std::exception& fault) {
    store_.reset();
    answer.problem = file_.string() + " cannot be read: " + fault.what();
  }
  return answer;
}

void finding_keeper::complain(const std::string& problem) {
  if (std::exchange(has_complained_, true))
    return;
  log::write(log::event::warning_noted,
             {{"what", file_.string() + " cannot be written: " + problem
                           + "; what is found meanwhile may be lost"}});
}

} // namespace stellwerk

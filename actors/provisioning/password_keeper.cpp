#include "actors/provisioning/password_keeper.hpp"

#include "actors/io/atomic_file.hpp"
#include "actors/log/log.hpp"
#include "actors/provisioning/crypt_hash.hpp"
#include "actors/provisioning/passwd_file_rule.hpp"
#include "config/regular_file.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {

password_keeper::password_keeper(std::filesystem::path file,
                                 const std::shared_ptr<io::side_thread>& disk)
    : file_{std::move(file)}, disk_{disk}, hasher_{std::make_unique<io::side_thread>()} {
  sync();
}

password_keeper::~password_keeper() {
  const std::lock_guard lock{mutex_};
  waiting_.clear(); // The jobs that are left find nothing.
}

void password_keeper::keep(const std::string& name, const secret& password, crypt_scheme how) {
  const auto digest = digest_.of(name, password);
  if (!digest)
    return;
  const std::lock_guard lock{mutex_};
  const auto known = settled_.find(name);
  const auto is_same = [&](const candidate& one) { return one.digest == *digest; };
  if (has_ended_ || (known != settled_.end() && known->second == *digest) || hashing_ == digest
      || waiting_.size() >= most_waiting
      || std::any_of(waiting_.begin(), waiting_.end(), is_same))
    return;
  if (!passwd_file::may_hold_name(name)) {
    leave_out(name, "its name has octets that cannot be in a passwd-file");
    return settle(name, *digest);
  }
  waiting_.push_back({name, password.clone(), *digest, how});
  hasher_->post([this] { hash_next(); });
}

/// On the hashing's thread.
void password_keeper::hash_next() {
  candidate one;
  std::string former;
  bool is_foreign = false;
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty())
      return;
    one = std::move(waiting_.front());
    waiting_.pop_front();
    hashing_ = one.digest;
    const auto fresh = fresh_.find(one.name);
    former = fresh != fresh_.end() ? fresh->second : std::string{book_.hash_of(one.name)};
    is_foreign = book_.is_foreign(one.name);
  }
  const bool is_known = is_foreign || (!former.empty() && is_hash_of(one.password, former));
  const auto hash = is_known ? std::string{} : hash_password(one.how, one.password);
  const std::lock_guard lock{mutex_};
  hashing_.reset();
  if (!is_known && hash.empty())
    leave_out(one.name, "libcrypt takes no such password");
  else if (!is_known && fresh_.size() >= most_remembered)
    return; // The disk has not taken any for long. Its next login comes again.
  else if (!is_known)
    fresh_[one.name] = hash;
  settle(one.name, one.digest);
}

/// Under the lock.
void password_keeper::settle(const std::string& name, const login_digest::value& digest) {
  if (settled_.size() < most_remembered || settled_.contains(name))
    settled_[name] = digest;
}

/// Under the lock.
void password_keeper::leave_out(const std::string& name, std::string_view why) {
  if (++left_out_ == 1)
    log::write(log::event::warning_noted,
               {{"what", "a login is left out of provisioning: " + std::string{why}
                             + "; further ones are counted in status"},
                {"login", name}});
}

bool password_keeper::knows(std::string_view name) const {
  const std::lock_guard lock{mutex_};
  return book_.has_password(name);
}

std::size_t password_keeper::count() const {
  const std::lock_guard lock{mutex_};
  return book_.count();
}

std::vector<std::string> password_keeper::warnings() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> all;
  if (!problem_.empty())
    all.push_back("RED: what the new server is to know of passwords is not kept: " + problem_);
  if (left_out_ > 0)
    all.push_back("provisioning has left out " + std::to_string(left_out_)
                  + (left_out_ == 1 ? " login" : " logins")
                  + " whose name or password a passwd-file cannot hold");
  return all;
}

void password_keeper::save() {
  const std::lock_guard lock{mutex_};
  const auto disk = disk_.lock();
  if (!disk || std::exchange(save_is_due_, true))
    return;
  disk->post([self = shared_from_this()] { self->sync(); });
}

void password_keeper::finish() {
  {
    const std::lock_guard lock{mutex_};
    has_ended_ = true;
    waiting_.clear();
  }
  hasher_.reset();
  save();
}

/// On the disk's thread, or before anybody else has this.
void password_keeper::sync() {
  hashes fresh;
  {
    const std::lock_guard lock{mutex_};
    save_is_due_ = false;
    fresh = fresh_;
  }
  const bool was_edited = !was_read_ || io::stamp_of(file_) != stamp_;
  if (fresh.empty() && !was_edited)
    return;
  note_problem(merge(fresh, was_edited));
}

/// The file as it is now, with what is fresh; empty, or why that could not be done.
std::string password_keeper::merge(const hashes& fresh, bool was_edited) {
  if (const auto why = why_unusable(file_); !why.empty())
    return file_.string() + ' ' + why;
  const auto found = io::stamp_of(file_);
  file_octets read;
  if (found != io::file_stamp{})
    read = read_regular_file(file_, passwd_file::max_octets);
  if (!read.problem.empty())
    return file_.string() + ' ' + read.problem;
  passwd_file next{read.octets};
  std::size_t refused = 0;
  for (const auto& [name, hash] : fresh)
    if (next.hash_of(name) != hash && !next.set(name, hash) && !next.is_foreign(name))
      ++refused;
  if (!fresh.empty()) {
    if (io::stamp_of(file_) != found)
      return file_.string() + " is being changed by somebody else";
    if (auto problem = io::replace_file(file_, next.text()); !problem.empty())
      return problem;
  }
  stamp_ = fresh.empty() ? found : io::stamp_of(file_);
  was_read_ = true;
  const std::lock_guard lock{mutex_};
  std::swap(book_, next); // The former one goes when the lock is open again.
  for (const auto& [name, hash] : fresh)
    if (const auto kept = fresh_.find(name); kept != fresh_.end() && kept->second == hash)
      fresh_.erase(kept);
  if (was_edited)
    settled_.clear(); // Somebody may have taken a user out: the next login tells.
  return refused == 0 ? std::string{}
                      : file_.string() + " is full: it holds no more than "
                            + std::to_string(passwd_file::max_octets / mebibyte) + " MiB";
}

void password_keeper::note_problem(std::string problem) {
  const std::lock_guard lock{mutex_};
  if (problem == problem_)
    return;
  problem_ = std::move(problem);
  if (!problem_.empty())
    log::write(log::event::warning_noted, {{"what", problem_ + "; it is tried again"}});
}

} // namespace stellwerk

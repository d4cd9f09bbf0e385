#include "actors/carried_accounts.hpp"

#include "actors/kept_json.hpp"
#include "actors/log/log.hpp"

#include <system_error>
#include <utility>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "carried.json";
}

template <class Records> auto& at(Records& all, side where) {
  return where == side::on_old ? all.on_old : all.on_new;
}

} // namespace

bool carried_accounts::has_own_password(side where, const std::string& login) const {
  const std::lock_guard lock{mutex_};
  return at(own_, where).contains(login);
}

void carried_accounts::note_own_password(side where, const std::string& login) {
  const std::lock_guard lock{mutex_};
  const auto disk = disk_.lock();
  if (!at(own_, where).insert(login).second || !disk || std::exchange(save_is_due_, true))
    return;
  disk->post([self = shared_from_this()] { self->save(); });
}

void carried_accounts::save() {
  records all;
  {
    const std::lock_guard lock{mutex_};
    save_is_due_ = false;
    all = own_;
  }
  if (const auto problem = save_carried(state_dir_, all); !problem.empty())
    log::write(log::event::warning_noted, {{"what", problem}});
}

kept_carried load_carried(const std::filesystem::path& state_dir) {
  kept_carried kept;
  const auto file = file_in(state_dir);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored) && !ignored)
    return kept;
  const bool is_whole = read_kept(file, [&](const json& read) {
    kept.records.on_old = read.at("old").get<std::set<std::string>>();
    kept.records.on_new = read.at("new").get<std::set<std::string>>();
  });
  if (!is_whole)
    kept.problem = file.string() + " cannot be read";
  return kept;
}

std::string save_carried(const std::filesystem::path& state_dir,
                         const carried_accounts::records& all) {
  const json whole{{"old", all.on_old}, {"new", all.on_new}};
  return write_kept(file_in(state_dir), whole);
}

} // namespace stellwerk

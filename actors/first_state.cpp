#include "actors/first_state.hpp"

#include "actors/cutover/hook_leftovers.hpp"
#include "actors/privileges.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace stellwerk {

using cli::exit_code;

io::file_descriptor lock_state(const std::filesystem::path& state_dir) {
  const auto path = state_dir / "lock";
  io::file_descriptor lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock.is_open())
    throw start_failure{exit_code::refused, "cannot open " + path.string() + " as "
                                                + name_of_user(::geteuid()) + ": "
                                                + std::strerror(errno)};
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    throw start_failure{exit_code::refused, "another stellwerk serves with "
                                                + state_dir.string()
                                                + ". Stop it first, or give this one its own "
                                                  "state_dir."};
  return lock;
}

first_state begin_state(const world_ptr& loaded) {
  const auto& folder = loaded->settings().state_dir;
  auto now = std::make_shared<world>(*loaded);
  first_state first;
  auto left = end_leftover_hooks(folder);
  first.recovered = recover_moves(folder, now->current);
  if (!left.empty())
    first.recovered.warnings.push_back(std::move(left));
  if (!first.recovered.problem.empty())
    throw start_failure{exit_code::refused,
                        first.recovered.problem
                            + ". It knows which domains were being moved; make it readable."};
  auto former = load_state(folder);
  if (!former.problem.empty())
    throw start_failure{exit_code::refused,
                        former.problem
                            + ". It keeps the epoch from falling; restore it, or remove "
                              "it if no proxy with this state_dir ever ran."};
  auto carried = load_carried(folder);
  if (!carried.problem.empty())
    throw start_failure{exit_code::refused,
                        carried.problem
                            + ". It knows for whom a master opens no session any more; restore "
                              "it, or remove it if no `as: master` was ever served."};
  first.carried = std::move(carried.records);
  first.lasting = former.state;
  first.lasting.follow(now->current.routes, std::chrono::system_clock::now());
  if (first.lasting.epoch == 0 || first.lasting.domains != former.state.domains)
    ++first.lasting.epoch;
  if (const auto problem = save_state(folder, first.lasting); !problem.empty())
    throw start_failure{exit_code::refused, problem};
  now->current.epoch = first.lasting.epoch;
  first.now = std::move(now);
  return first;
}

} // namespace stellwerk

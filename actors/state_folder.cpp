#include "actors/state_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stellwerk {
namespace {

namespace fs = std::filesystem;

void hand_over(const fs::path& what, const system_user& who) {
  if (::lchown(what.c_str(), who.uid, who.gid) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot give " + what.string() + " to " + who.name};
}

} // namespace

bool is_to_hand_over(const fs::path& folder, const system_user& who) {
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0)
    return errno == ENOENT;
  const bool others_write = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!S_ISDIR(found.st_mode) || found.st_uid != 0 || others_write || who.uid == 0)
    return false;
  std::error_code ignored;
  return fs::is_empty(folder, ignored) || fs::is_regular_file(folder / "state.json", ignored);
}

void prepare_state_folder(const fs::path& folder, const system_user& who) {
  const bool changes_owner = ::geteuid() == 0 && is_to_hand_over(folder, who);
  fs::create_directories(folder);
  if (!changes_owner)
    return;
  for (const auto& one : fs::directory_iterator{folder})
    if (one.is_regular_file() && !one.is_symlink())
      hand_over(one.path(), who);
  hand_over(folder, who);
}

} // namespace stellwerk

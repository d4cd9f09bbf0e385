#include "actors/provisioning/passwd_file_rule.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stellwerk {
namespace {

namespace fs = std::filesystem;

bool may(const fs::path& path, int what) {
  return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

/// The state folder is made by a start.
std::string why_folder_unusable(const configuration& settings, const fs::path& folder) {
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0)
    return errno == ENOENT && folder == fs::absolute(settings.state_dir)
               ? std::string{}
               : folder.string() + " cannot be used: " + std::strerror(errno);
  if (!S_ISDIR(found.st_mode))
    return folder.string() + " is not a folder";
  return may(folder, W_OK | X_OK) ? std::string{} : folder.string() + " can't be written to";
}

} // namespace

std::string why_unusable(const fs::path& passwd_file) {
  struct stat found {};
  if (::stat(passwd_file.c_str(), &found) != 0)
    return errno == ENOENT ? std::string{}
                           : std::string{"cannot be read: "} + std::strerror(errno);
  if (!S_ISREG(found.st_mode))
    return "is not a regular file";
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return "is open to others than its owner, set its mode to 0600";
  return may(passwd_file, R_OK) ? std::string{}
                                : std::string{"cannot be read: "} + std::strerror(errno);
}

void judge_passwd_file(const configuration& settings, diagnostics& out) {
  const auto& file = settings.provisioning.file;
  if (file.empty())
    return;
  const auto report = [&](std::string what) {
    if (!what.empty())
      out.push_back({settings.file.string(), settings.provisioning.where, "provisioning.file",
                     std::move(what), severity::problem});
  };
  report(why_folder_unusable(settings, fs::absolute(file).parent_path()));
  if (const auto why = why_unusable(file); !why.empty())
    report(file.string() + ' ' + why);
}

} // namespace stellwerk

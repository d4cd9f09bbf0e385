#include "actors/io/atomic_file.hpp"

#include "actors/io/file_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stellwerk::io {
namespace {

std::string failed(const char* what, const std::filesystem::path& path) {
  return std::string{what} + ' ' + path.string() + ": " + std::strerror(errno);
}

/// As the file that is replaced: others may have to read it.
void dress_like(int descriptor, const std::filesystem::path& former) {
  struct stat was {};
  if (::stat(former.c_str(), &was) != 0)
    return;
  static_cast<void>(::fchmod(descriptor, was.st_mode & 07777));
  if (::fchown(descriptor, was.st_uid, was.st_gid) != 0)
    static_cast<void>(::fchown(descriptor, static_cast<uid_t>(-1), was.st_gid));
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const auto count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

} // namespace

std::string replace_file(const std::filesystem::path& path, std::string_view content) {
  auto beside = path;
  beside += ".next";
  {
    const file_descriptor file{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!file.is_open())
      return failed("cannot create", beside);
    dress_like(file.get(), path);
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0)
      return failed("cannot write", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return failed("cannot replace", path);
  const file_descriptor folder{
      ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.is_open() || ::fsync(folder.get()) != 0)
    return failed("cannot sync the folder of", path);
  return {};
}

} // namespace stellwerk::io

#include "actors/io/file_stamp.hpp"

#include <sys/stat.h>

namespace stellwerk::io {

file_stamp stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return {};
  return {found.st_ino, found.st_size,
          std::int64_t{found.st_ctim.tv_sec} * 1'000'000'000 + found.st_ctim.tv_nsec};
}

} // namespace stellwerk::io

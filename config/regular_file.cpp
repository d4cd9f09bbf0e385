#include "config/regular_file.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace stellwerk {
namespace {

file_octets unreadable(const std::string& why) { return {{}, "cannot be read: " + why}; }

} // namespace

file_octets read_regular_file(const std::filesystem::path& file, std::uintmax_t max_octets) {
  std::error_code failure;
  const auto status = std::filesystem::status(file, failure);
  if (failure)
    return unreadable(failure.message());
  if (std::filesystem::is_directory(status))
    return unreadable("it is a folder");
  if (!std::filesystem::is_regular_file(status))
    return {{}, "is not a regular file"};
  const auto size = std::filesystem::file_size(file, failure);
  if (failure)
    return unreadable(failure.message());
  if (size > max_octets)
    return {{}, "is larger than " + std::to_string(max_octets / mebibyte) + " MiB"};

  std::ifstream stream;
  stream.rdbuf()->pubsetbuf(nullptr, 0); // Or a key would stay in the stream's own buffer.
  errno = 0;
  stream.open(file, std::ios::binary);
  if (!stream)
    return unreadable(std::generic_category().message(errno != 0 ? errno : EIO));
  file_octets read;
  read.octets.resize(size);
  stream.read(read.octets.data(), static_cast<std::streamsize>(size));
  if (stream.bad())
    read.problem = "cannot be read: " + std::generic_category().message(EIO);
  else if (!stream || stream.peek() != std::ifstream::traits_type::eof())
    read.problem = "cannot be read: it is being written to";
  return read;
}

} // namespace stellwerk

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace stellwerk {

constexpr std::uintmax_t mebibyte = 1024 * 1024;

/// What is in a file, or why that cannot be told: words that follow the file's name, as in "is
/// not a regular file".
struct file_octets {
  std::string octets;
  std::string problem;
};

/// Reads a whole file of at most `max_octets`. A FIFO, a socket or a device is a problem and is
/// not opened: whoever reads it could wait for ever. Links are followed. No copy of the octets
/// stays behind, so that it is fit for keys.
[[nodiscard]] file_octets read_regular_file(const std::filesystem::path& file,
                                            std::uintmax_t max_octets);

} // namespace stellwerk

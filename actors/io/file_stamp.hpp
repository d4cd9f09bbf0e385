#pragma once

#include <cstdint>
#include <filesystem>

namespace stellwerk::io {

/// Tells whether a file is another than before: somebody has written, replaced or removed it.
struct file_stamp {
  std::uint64_t inode = 0; ///< 0: it is not there.
  std::int64_t octets = 0;
  std::int64_t changed_ns = 0; ///< Of its content or its mode, by the machine's clock.
  bool operator==(const file_stamp&) const = default;
};

/// Blocks. What cannot be looked at is as not there.
[[nodiscard]] file_stamp stamp_of(const std::filesystem::path& file);

} // namespace stellwerk::io

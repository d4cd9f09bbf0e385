#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace stellwerk::io {

/// Replaces a file as a whole: written beside it, fsynced, renamed, the folder fsynced. After a
/// crash there is the old content or the new, never a mixture. Keeps the mode, and as far as
/// the kernel lets us the owner, of what it replaces; a new file has mode 0600. Blocks.
/// The reason if it failed, in words; the old file then stands. Empty on success.
[[nodiscard]] std::string replace_file(const std::filesystem::path& path,
                                       std::string_view content);

} // namespace stellwerk::io

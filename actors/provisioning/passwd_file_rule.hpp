#pragma once

#include "config/diagnostic.hpp"
#include "config/schema.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// Why the file may not be added to, in words that follow its name; empty: it may, or isn't
/// there yet. Hashes are for its owner's eyes alone. Blocks.
[[nodiscard]] std::string why_unusable(const std::filesystem::path& passwd_file);

/// Can `provisioning.file` be kept by this process? What is wrong is a problem; what another
/// `user` may do there, `judge_user` says. Blocks.
void judge_passwd_file(const configuration& settings, diagnostics& out);

} // namespace stellwerk

#pragma once

#include <filesystem>
#include <string>

namespace stellwerk {

/// Kills what still runs of the hooks of a former process with this state folder, which must be
/// locked: a hook that starts helpers of its own can outlive a proxy that was killed, and would
/// work on mailboxes that people are back in. They are known by their STELLWERK_ACCOUNTS; what
/// has become another user is out of reach. Who was killed, or could not be, as a warning;
/// empty if there was nobody. Blocks, 5 s at most.
[[nodiscard]] std::string end_leftover_hooks(const std::filesystem::path& state_dir);

} // namespace stellwerk

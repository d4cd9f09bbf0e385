#pragma once

#include "actors/tls/certificate_ledger.hpp"

#include <filesystem>
#include <string>

namespace stellwerk {

/// `certificate_uses.json` in the state folder: who came under which name, over a restart. Both
/// block. A file that can't be read is as none: the counts say what can be given up, and
/// nothing else depends on them.
[[nodiscard]] tls::certificate_ledger::records
load_certificate_uses(const std::filesystem::path& state_dir);
/// The reason if it failed, else empty.
[[nodiscard]] std::string save_certificate_uses(const std::filesystem::path& state_dir,
                                                const tls::certificate_ledger::records& all);

} // namespace stellwerk

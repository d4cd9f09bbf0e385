#pragma once

#include "config/snapshot.hpp"

#include <string>
#include <string_view>

// routes.yaml on disk; everything here blocks.
namespace stellwerk {

/// Does the file say anything that `known` was not loaded from?
[[nodiscard]] bool has_unloaded_edits(const snapshot& known);

/// Changes one domain's value in the file (atomic rename, fsync) and in `known.routes_text`;
/// edits that are not loaded yet stay in the file and stay not loaded. Empty on success, else
/// why not.
[[nodiscard]] std::string write_phase(snapshot& known, const std::string& domain, phase now);

} // namespace stellwerk

#pragma once

#include "config/schema.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace stellwerk {

/// A file that stellwerk.yaml names, and where.
struct named_file {
  std::filesystem::path path;
  /// As in `certificates[0].key`; empty for stellwerk.yaml itself.
  std::string key;
  position where;
};

/// Every file that a reload opens, stellwerk.yaml first. Files that aren't named are left out.
[[nodiscard]] std::vector<named_file> files_to_read(const configuration& settings);

} // namespace stellwerk

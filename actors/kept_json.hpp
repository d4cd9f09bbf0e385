#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <string>

namespace stellwerk {

// What is kept over a restart and may be lost: a JSON value in a file of the state folder. Both
// block.

/// Hands the value to `read`, which may throw what nlohmann's accessors throw. False: the file
/// is not there or not readable, which is the same here; what `read` has made is void then.
[[nodiscard]] bool read_kept(const std::filesystem::path& file,
                             const std::function<void(const nlohmann::ordered_json&)>& read);
/// The reason if it failed, else empty. Text in the value need not be UTF-8.
[[nodiscard]] std::string write_kept(const std::filesystem::path& file,
                                     const nlohmann::ordered_json& value);

} // namespace stellwerk

#pragma once

#include "actors/privileges.hpp"

#include <filesystem>

namespace stellwerk {

/// Would root's start hand this folder to `who`? It isn't there yet, or it is root's alone and
/// either empty or a state folder of ours (an operator has only now set `user:`).
[[nodiscard]] bool is_to_hand_over(const std::filesystem::path& folder, const system_user& who);

/// Makes the folder, and as root hands it with the files in it to `who`, if it is to. Throws
/// std::system_error.
void prepare_state_folder(const std::filesystem::path& folder, const system_user& who);

} // namespace stellwerk

#pragma once

#include <string>
#include <string_view>

namespace stellwerk {

/// Appends `more`. Where that takes new memory, the octets in the old are overwritten: for text
/// that may hold a password.
void append_wiping(std::string& text, std::string_view more);

} // namespace stellwerk

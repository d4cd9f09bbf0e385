#pragma once

#include <string>
#include <string_view>

namespace stellwerk {

/// Stands for a recipient in loop marks: 16 hex digits of an HMAC-SHA256 keyed with the
/// instance, so that nobody who reads a message can test who was in Bcc. Case is folded
/// (ASCII).
[[nodiscard]] std::string recipient_digest(std::string_view instance, std::string_view address);

} // namespace stellwerk

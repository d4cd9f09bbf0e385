#pragma once

#include "protocol/sasl/credentials.hpp"

#include <string_view>

namespace stellwerk::sasl {

/// Reads the message of the XOAUTH2 mechanism (Google's, also Microsoft's), Base 64 taken off:
/// `user=NAME ^A auth=Bearer TOKEN ^A ^A`, where further pairs may stand behind the first. The
/// authcid is the user, the password is the whole message.
[[nodiscard]] reading parse_xoauth2(std::string_view message);

/// The message for a backend where the same user has the name `authcid`: the client's own,
/// octet for octet, but for that name. `message` is one that `parse_xoauth2` has read.
[[nodiscard]] secret xoauth2_message(std::string_view message, std::string_view authcid);

} // namespace stellwerk::sasl

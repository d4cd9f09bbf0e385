#pragma once

#include "protocol/smtp/reply.hpp"

namespace stellwerk::smtp {

/// Does this reply to RCPT say that there is no such mailbox, or that it is disabled: 5.1.x,
/// 5.2.1, or 550, 551, 553 without a code that says more? Policy, size and a full mailbox are
/// no such word.
[[nodiscard]] bool is_unknown_recipient(const reply& said);

} // namespace stellwerk::smtp

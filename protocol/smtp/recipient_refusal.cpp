#include "protocol/smtp/recipient_refusal.hpp"

namespace stellwerk::smtp {

bool is_unknown_recipient(const reply& said) {
  if (!said.is_permanent())
    return false;
  if (said.enhanced.empty() || said.enhanced == "5.0.0") // The latter: `reply_parser`'s own.
    return said.code == 550 || said.code == 551 || said.code == 553;
  return said.enhanced.starts_with("5.1.") || said.enhanced == "5.2.1";
}

} // namespace stellwerk::smtp

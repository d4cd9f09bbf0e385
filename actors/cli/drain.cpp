#include "actors/cli/reply_text.hpp"

namespace stellwerk::cli {

std::string drain_text(const json& reply) {
  const auto cut = reply.value("cut", std::int64_t{0});
  return "drained: " + counted(reply.value("drained", std::int64_t{0}), "session")
         + " ended at a safe point" + (cut == 0 ? "" : ", " + std::to_string(cut) + " cut")
         + "; the proxy stops\n";
}

} // namespace stellwerk::cli

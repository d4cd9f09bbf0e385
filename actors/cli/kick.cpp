#include "actors/cli/reply_text.hpp"

namespace stellwerk::cli {

std::string kick_text(const json& reply) {
  const auto kicked = reply.value("kicked", std::int64_t{0});
  return kicked == 0 ? "nobody of that name is connected\n"
                     : counted(kicked, "session")
                           + (kicked == 1 ? " ends at its next safe point\n"
                                          : " end at their next safe points\n");
}

} // namespace stellwerk::cli

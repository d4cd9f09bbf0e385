#include "actors/cli/reply_text.hpp"

namespace stellwerk::cli {

std::string reload_text(const json& reply) {
  std::string out = "epoch " + member_text(reply, "epoch") + " is in force\n";
  for (const auto& one : list_of(reply, "changed"))
    out += member_text(one, "domain") + ": " + member_text(one, "from") + " -> "
           + member_text(one, "to") + '\n';
  if (list_of(reply, "changed").empty())
    out += "no domain changed its phase\n";
  const auto draining = reply.value("draining", std::int64_t{0});
  out += draining == 0 ? "no session has to move\n"
                       : counted(draining, "session")
                             + (draining == 1 ? " still drains\n" : " still drain\n");
  return out + warnings_text(reply);
}

} // namespace stellwerk::cli

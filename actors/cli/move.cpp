#include "actors/cli/reply_text.hpp"
#include "actors/cli/text_table.hpp"

namespace stellwerk::cli {

std::string move_text(const json& reply) {
  std::string out;
  for (const auto& one : list_of(reply, "domains")) {
    out += member_text(one, "domain") + " is " + member_text(one, "phase") + '\n';
    text_table gates{{"GATE", "STATE", "VALUE", "LIMIT"}};
    text_table plan{{"STEP", "PHASE", "COMMAND"}};
    for (const auto& step : list_of(one, "plan"))
      plan.add({member_text(step, "step"), member_text(step, "phase"),
                member_text(step, "command")});
    if (!list_of(one, "plan").empty()) // A dry run.
      for (const auto& gate : list_of(one, "gates"))
        gates.add({member_text(gate, "name"),
                   member_text(gate, "ok") == "true"     ? "ok"
                   : member_text(gate, "waived").empty() ? "NOT OK"
                                                         : "waived",
                   member_text(gate, "value"), member_text(gate, "limit")});
    for (const auto& table : {gates.text(), plan.text()})
      if (!table.empty())
        out += '\n' + table;
  }
  return out + warnings_text(reply);
}

std::string phase_text(const json& reply) {
  if (member_text(reply, "cancelled") == "true")
    return "the move of " + member_text(reply, "domain") + " has been taken back: it is "
           + member_text(reply, "phase") + '\n' + warnings_text(reply);
  return member_text(reply, "domain") + ": " + member_text(reply, "from") + " -> "
         + member_text(reply, "to") + ", epoch " + member_text(reply, "epoch") + ", "
         + member_text(reply, "draining") + " still drain\n" + warnings_text(reply);
}

std::string history_text(const json& reply) {
  text_table table{{"AT", "MOVE", "DOMAIN", "RECORD", "STEP", "BY", "DETAIL"}};
  for (const auto& one : list_of(reply, "history"))
    table.add({member_text(one, "at"), member_text(one, "id"), member_text(one, "domain"),
               member_text(one, "record"),
               member_text(one, "step").empty()
                   ? member_text(one, "from") + " -> " + member_text(one, "to")
                   : member_text(one, "step"),
               member_text(one, "by"), member_text(one, "detail")});
  const auto text = table.text();
  return text.empty() ? "no move yet\n" : text;
}

} // namespace stellwerk::cli

#include "actors/control_question.hpp"

#include <nlohmann/json.hpp>

namespace stellwerk {
namespace {

using nlohmann::json;

void read_move(const json& read, control_question& question) {
  auto& order = question.order;
  order.way = question.command == "reverse" ? direction::back : direction::forward;
  order.domains = read.value("domains", std::vector<std::string>{});
  order.dry_run = read.value("dry_run", false);
  order.no_sync_reason = read.value("no_sync", "");
  order.waived = read.value("waive", std::map<std::string, std::string>{});
  const auto hooks = read.value("hooks", json::object());
  order.hooks = {.quiesce = hooks.value("quiesce", ""),
                 .final_sync = hooks.value("final_sync", ""),
                 .verify = hooks.value("verify", ""),
                 .before_flip = hooks.value("before_flip", ""),
                 .undo = hooks.value("undo", "")};
}
} // namespace

std::optional<control_question> parse_question(std::string_view line) {
  const auto read = json::parse(line, nullptr, false);
  if (!read.is_object())
    return std::nullopt;
  control_question question;
  try {
    question.command = read.value("command", "");
    question.subject = read.value(question.command == "kick" ? "who" : "domain", "");
    question.allow_removals = read.value("allow_removals", false);
    question.history = read.value("history", false);
    question.to = parse_phase(read.value("phase", ""));
    read_move(read, question);
  } catch (const json::exception&) {
    return std::nullopt;
  }
  for (const auto* known : {"reload", "status", "sessions", "kick", "drain", "switch",
                            "reverse", "cancel", "phase", "findings"})
    if (question.command == known)
      return question;
  return std::nullopt;
}

} // namespace stellwerk

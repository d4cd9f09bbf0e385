#include "actors/cli/reply_text.hpp"
#include "actors/cli/text_table.hpp"

namespace stellwerk::cli {

namespace {

/// A heading and a table under it, and a blank line before it; nothing if the table is empty.
std::string section(const text_table& table) {
  const auto text = table.text();
  return text.empty() ? text : '\n' + text;
}

std::string domains(const json& reply) {
  text_table table{{"DOMAIN", "PHASE", "SINCE", " OLD", " NEW", " PARKED", " DELIVERIES"}};
  for (const auto& one : list_of(reply, "domains")) {
    const auto sessions = one.is_object() ? one.value("sessions", json::object()) : json{};
    table.add({member_text(one, "domain"), member_text(one, "phase"), member_text(one, "since"),
               member_text(sessions, "old"), member_text(sessions, "new"),
               member_text(one, "parked"), member_text(one, "deliveries")});
  }
  return section(table);
}

/// Domains on their way, and who leads them.
std::string moves(const json& reply) {
  text_table table{{"MOVE", "COMMAND", "STEP", "BY", "SINCE"}};
  for (const auto& one : list_of(reply, "domains")) {
    const auto move = one.is_object() ? one.value("move", json{}) : json{};
    if (move.is_object())
      table.add({member_text(one, "domain"), member_text(move, "command"),
                 member_text(move, "step"), member_text(move, "by"),
                 member_text(move, "since")});
  }
  return section(table);
}

/// How many passwords the new server could know; only where they are kept.
std::string passwords(const json& reply) {
  text_table table{{"PASSWORDS", " KNOWN", " ACCOUNTS"}};
  for (const auto& one : list_of(reply, "domains")) {
    const auto known = one.is_object() ? one.value("provisioned", json{}) : json{};
    if (known.is_object())
      table.add({member_text(one, "domain"), member_text(known, "known"),
                 member_text(known, "accounts")});
  }
  return section(table);
}

std::string backends(const json& reply) {
  text_table table{{"BACKEND", "PROTOCOL", "HEALTH"}};
  for (const auto& one : list_of(reply, "backends")) {
    const auto problem = member_text(one, "problem");
    const bool healthy = member_text(one, "healthy") == "true";
    const auto weak = member_text(one, "weak");
    table.add({member_text(one, "name"), member_text(one, "protocol"),
               (healthy ? "ok" : "DOWN" + (problem.empty() ? "" : ": " + problem))
                   + (weak.empty() ? "" : ", WEAK: " + weak)});
  }
  return section(table);
}

std::string certificates(const json& reply) {
  text_table table{{"CERTIFICATE", "ENDS", " DAYS LEFT", "NOTE"}};
  for (const auto& one : list_of(reply, "certificates")) {
    std::string note = member_text(one, "retired") == "true" ? "RETIRED" : "";
    if (member_text(one, "legacy") == "true")
      note += note.empty() ? "legacy" : ", legacy";
    table.add({member_text(one, "names"), member_text(one, "not_after"),
               member_text(one, "days_left"), note});
  }
  return section(table);
}

/// Who would miss a name: only those that somebody has used.
std::string names(const json& reply) {
  text_table table{{"NAME", " LAST DAY", " LAST WEEK", " REFUSED", "LAST LOGIN"}};
  for (const auto& certificate : list_of(reply, "certificates"))
    for (const auto& one : list_of(certificate, "uses"))
      table.add({member_text(one, "name")
                     + (member_text(one, "asked") == "true" ? "" : " (not asked for)"),
                 member_text(one, "uses_day"), member_text(one, "uses_week"),
                 member_text(one, "refused"),
                 member_text(one, "last_login_at") + ' ' + member_text(one, "last_login")});
  return section(table);
}

std::string gates(const json& reply) {
  text_table table{{"GATE", "STATE", "VALUE", "LIMIT"}};
  for (const auto& one : list_of(reply, "gates"))
    table.add({member_text(one, "name"), member_text(one, "ok") == "true" ? "ok" : "NOT OK",
               member_text(one, "value"), member_text(one, "limit")});
  return section(table);
}

std::string refused(const json& reply) {
  text_table table{{"REFUSES", "PROTOCOL", " CONNECTIONS", "LAST"}};
  for (const auto& one : list_of(reply, "refused"))
    table.add({member_text(one, "address"), member_text(one, "protocol"),
               member_text(one, "connections"), member_text(one, "last")});
  return section(table);
}

std::string exceptions(const json& reply) {
  text_table table{{"EXCEPTION", "FOR", "ENDS", " USES", "OWNER", "REASON"}};
  for (const auto& one : list_of(reply, "exceptions")) {
    std::string whom;
    for (const auto* key : {"login", "address", "network"})
      if (const auto text = member_text(one, key); !text.empty())
        whom += (whom.empty() ? "" : ", ") + text;
    table.add({member_text(one, "policy"), whom,
               member_text(one, "ended") == "true" ? "ENDED" : member_text(one, "ends"),
               member_text(one, "uses"), member_text(one, "owner"),
               member_text(one, "reason")});
  }
  return section(table);
}

} // namespace

std::string status_text(const json& reply) {
  const auto warnings = warnings_text(reply);
  return "epoch " + member_text(reply, "epoch") + '\n' + domains(reply) + moves(reply)
         + passwords(reply) + backends(reply) + certificates(reply) + names(reply)
         + gates(reply) + refused(reply) + exceptions(reply)
         + (warnings.empty() ? "" : '\n' + warnings);
}

} // namespace stellwerk::cli

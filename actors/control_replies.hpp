#pragma once

#include "actors/control_server.hpp"
#include "actors/messages.hpp"
#include "actors/refusal_ledger.hpp"
#include "actors/tls/certificate_ledger.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the control socket says: one JSON object per line, `exit` in it, the rest as `--json`
// prints it (SPEC "The operator's commands").
namespace stellwerk {

struct control_question {
  std::string command; ///< reload, status, sessions, kick or drain.
  std::string subject; ///< A domain, or a login.
  bool allow_removals = false;
};
/// Nothing if it is none.
[[nodiscard]] std::optional<control_question> parse_question(std::string_view line);

[[nodiscard]] std::string reload_reply(const reload_report& report);
/// Of one domain, or of all if `domain` is empty. `used`: who came under which name;
/// `refusals`: who came to listeners that refuse all.
[[nodiscard]] std::string status_reply(const overview& seen, std::string_view domain,
                                       const tls::certificate_ledger::records& used,
                                       const refusal_ledger::entries& refusals);
[[nodiscard]] std::string sessions_reply(const overview& seen);
[[nodiscard]] std::string kick_reply(const kick_report& report, std::string_view who);
[[nodiscard]] std::string drain_reply(const drain_report& report);
[[nodiscard]] std::string refusal_reply(std::string_view reason, std::string_view advice);
/// The process is ending and can't answer.
[[nodiscard]] std::string gone_reply();

} // namespace stellwerk

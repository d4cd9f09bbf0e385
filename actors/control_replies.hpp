#pragma once

#include "actors/cli/exit_code.hpp"
#include "actors/control_server.hpp"
#include "actors/cutover/move_ledger.hpp"
#include "actors/cutover/move_messages.hpp"
#include "actors/findings/finding_store.hpp"
#include "actors/flip_watch.hpp"
#include "actors/messages.hpp"
#include "actors/occurrence_ledger.hpp"
#include "actors/place_ledger.hpp"
#include "actors/provisioning/provisioned_report.hpp"
#include "actors/tls/certificate_ledger.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the control socket says: one JSON object per line, `exit` in it, the rest as `--json`
// prints it (SPEC "The operator's commands").
namespace stellwerk {

struct control_question {
  std::string command; ///< The CLI's word.
  std::string subject; ///< A domain, or a login.
  bool allow_removals = false;
  bool history = false;      ///< Of `status`: the journal.
  std::optional<phase> to{}; ///< Of `phase`.
  move_order order{};        ///< Of `switch` and `reverse`; its domains as written.
};
/// Nothing if it is none.
[[nodiscard]] std::optional<control_question> parse_question(std::string_view line);

[[nodiscard]] std::string reload_reply(const reload_report& report);
/// Of one domain, or of all if `domain` is empty. `used`: who came under which name;
/// `refusals`: who came to listeners that refuse all; `provisioned`: nothing if it is off.
[[nodiscard]] std::string status_reply(const overview& seen, std::string_view domain,
                                       const tls::certificate_ledger::records& used,
                                       const occurrence_ledger::entries& refusals,
                                       const std::map<std::string, move_ledger::entry>& moves,
                                       const std::map<std::string, flip_watch::report>& flips,
                                       const occurrence_ledger::entries& exceptions,
                                       const place_ledger& strangers,
                                       const std::optional<provisioned_report>& provisioned);
/// The last 10,000 of them, of one domain if `domain` is not empty.
[[nodiscard]] std::string history_reply(const std::vector<journal_record>& records,
                                        std::string_view domain);
[[nodiscard]] std::string phase_reply(const phase_report& report, const phase_request& asked,
                                      const std::string& owed = {});
[[nodiscard]] std::string cancel_reply(const cancel_answer& answer, std::string_view domain);
/// One of the lines before the last: no `exit` in it.
[[nodiscard]] std::string progress_line(const move_progress& progress);
[[nodiscard]] std::string move_reply(const move_report& report);
/// One of the lines before the last of `findings`.
[[nodiscard]] std::string findings_line(const std::vector<finding_record>& rows);
[[nodiscard]] std::string findings_reply(const observed_days& days);
[[nodiscard]] std::string sessions_reply(const overview& seen);
[[nodiscard]] std::string kick_reply(const kick_report& report, std::string_view who);
[[nodiscard]] std::string drain_reply(const drain_report& report);
[[nodiscard]] std::string refusal_reply(std::string_view reason, std::string_view advice,
                                        cli::exit_code code = cli::exit_code::usage);
/// The process is ending and can't answer.
[[nodiscard]] std::string gone_reply();

} // namespace stellwerk

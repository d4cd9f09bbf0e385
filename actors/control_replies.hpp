#pragma once

#include "actors/cli/exit_code.hpp"
#include "actors/cutover/move_messages.hpp"
#include "actors/drain_messages.hpp"
#include "actors/findings/finding_store.hpp"
#include "actors/messages.hpp"
#include "protocol/cutover/journal_record.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the control socket says: one JSON object per line, `exit` in it, the rest as `--json`
// prints it (SPEC "The operator's commands").
namespace stellwerk {

[[nodiscard]] std::string reload_reply(const reload_report& report);
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

#pragma once

#include "actors/cli/found.hpp"
#include "protocol/accounts/account_proposal.hpp"

#include <ostream>

namespace stellwerk::cli {

/// Row by row, since there may be a million of them.
void print_findings_text(const found_findings& all, std::ostream& out);
void print_findings_csv(const found_findings& all, std::ostream& out);
/// One object on one line.
void print_findings_json(const found_findings& all, std::ostream& out);

/// Rows to paste into accounts.csv go to `out`, remarks to `err`.
void print_proposal_csv(const std::vector<proposed_row>& rows, std::ostream& out,
                        std::ostream& err);
[[nodiscard]] json proposal_json(const std::vector<proposed_row>& rows);

} // namespace stellwerk::cli

#include "protocol/accounts/finding.hpp"

#include "protocol/base/word_table.hpp"

namespace stellwerk {
namespace {

constexpr word_table<finding_kind, 13> kinds{
    {"wrong_case", "foreign_sender", "foreign_from", "unknown_login", "pop3_used",
     "starttls_used", "old_tls", "legacy_name", "plaintext_attempt", "plaintext_delivery",
     "straggler", "submission_on_25", "weak_password"}};

} // namespace

std::string_view text_of(finding_kind kind) { return kinds.text_of(kind); }

std::optional<finding_kind> parse_finding_kind(std::string_view text) {
  return kinds.parse(text);
}

} // namespace stellwerk

#pragma once

#include "protocol/accounts/finding.hpp"

#include <nlohmann/json.hpp>

#include <optional>

// Findings between the proxy and its command line.
namespace stellwerk::findings {

using json = nlohmann::ordered_json;

/// `[kind, domain, login, address, count, accepted, first_seen, last_seen, client, software,
/// tls, listener, name]`, times in milliseconds since 1970.
[[nodiscard]] json to_wire(const finding_record& one);
/// Nothing if it is none.
[[nodiscard]] std::optional<finding_record> from_wire(const json& row);

/// As `--json` prints it, times as text.
[[nodiscard]] json to_json(const finding_record& one);

} // namespace stellwerk::findings

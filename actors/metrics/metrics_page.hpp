#pragma once

#include "actors/messages.hpp"
#include "actors/metrics/counts.hpp"
#include "actors/occurrence_ledger.hpp"

#include <optional>
#include <string>

namespace stellwerk::metrics {

/// All that `/metrics` answers, in `exposition`'s format. Names and labels that were released
/// stay: dashboards and alarms are built on them. `provisioned`: nothing if that is off.
[[nodiscard]] std::string metrics_page(const counts& counted, const standing& now,
                                       const occurrence_ledger::entries& refusals,
                                       std::optional<std::size_t> provisioned,
                                       std::chrono::system_clock::time_point when);

} // namespace stellwerk::metrics

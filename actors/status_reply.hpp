#pragma once

#include "actors/cutover/move_ledger.hpp"
#include "actors/flip_watch.hpp"
#include "actors/messages.hpp"
#include "actors/occurrence_ledger.hpp"
#include "actors/place_ledger.hpp"
#include "actors/provisioning/provisioned_report.hpp"
#include "actors/tls/certificate_ledger.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

// What the control socket says to `status`.
namespace stellwerk {

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

} // namespace stellwerk

#pragma once

#include "config/account_rows.hpp"

#include <vector>

namespace stellwerk {

/// The accounts of all sources as one table. An account that several name has the senders of
/// all; a domain, a login of a side or a pin that only some name counts, and one that they name
/// differently is a problem. So is one address that is pinned to both sides.
[[nodiscard]] std::vector<account> join_accounts(std::vector<account_rows> sources,
                                                 diagnostics& out);

} // namespace stellwerk

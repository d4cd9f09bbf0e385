#pragma once

#include "config/account_reading.hpp"
#include "config/account_sources.hpp"

namespace stellwerk {

/// Runs the query, which may only read. A database that somebody else holds locked for 5 s, or
/// a query of more than 30 s, is out of reach; a file that is none is a problem.
[[nodiscard]] account_reading read_sqlite_accounts(const sqlite_accounts& source,
                                                   diagnostics& out);

} // namespace stellwerk

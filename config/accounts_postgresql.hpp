#pragma once

#include "config/account_reading.hpp"
#include "config/account_sources.hpp"

namespace stellwerk {

/// Runs the query in a transaction that may only read. A server that can't be connected to,
/// refuses the login, or breaks off is out of reach; what it says against the query is a
/// problem.
[[nodiscard]] account_reading read_postgresql_accounts(const postgresql_accounts& source,
                                                       diagnostics& out);

/// Can libpq read `connection`? Asks nobody.
[[nodiscard]] bool is_postgresql_connection(const std::string& connection);
/// Does it hold a password?
[[nodiscard]] bool holds_password(const std::string& connection);

} // namespace stellwerk

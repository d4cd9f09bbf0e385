#pragma once

#include "config/account_reading.hpp"
#include "config/account_sources.hpp"

namespace stellwerk {

/// Searches below `base` for entries that have the attribute of the login, in pages (RFC 2696).
/// Asks no other server that it is referred to. A directory that can't be connected to, refuses
/// the login, or breaks off is out of reach; what it says against the search is a problem.
[[nodiscard]] account_reading read_ldap_accounts(const ldap_accounts& source, diagnostics& out);

} // namespace stellwerk

#include "config/load_accounts.hpp"

#include "config/account_join.hpp"
#include "config/accounts_csv.hpp"
#include "config/accounts_ldap.hpp"
#include "config/accounts_postgresql.hpp"
#include "config/accounts_sqlite.hpp"

#include <utility>

namespace stellwerk {
namespace {

using rows_ptr = std::shared_ptr<const account_rows>;

/// The rows of a source; `former` are those that stay while it is out of reach.
rows_ptr rows_of(account_reading reading, const rows_ptr& former, diagnostics& out) {
  if (reading.out_of_reach.empty())
    return std::make_shared<const account_rows>(std::move(reading.rows));
  const auto& name = reading.rows.source.name;
  if (!former) {
    out.push_back(
        {name,
         {},
         "",
         "is out of reach, and its accounts are not known yet: " + reading.out_of_reach,
         severity::problem,
         true});
    return nullptr;
  }
  out.push_back({name,
                 {},
                 "",
                 "IS OUT OF REACH; its " + std::to_string(former->accounts.size())
                     + " accounts stay as they were last read, what has changed there since "
                       "takes no effect: "
                     + reading.out_of_reach,
                 severity::warning});
  return former;
}

} // namespace

loaded_accounts load_accounts(const account_sources& sources, const snapshot* in_force,
                              diagnostics& out) {
  loaded_accounts loaded;
  std::vector<account_rows> all;
  const auto read = [&](const auto& source, auto reader, auto of_sources, auto of_memory) {
    if (!source)
      return;
    const bool is_the_same
        = in_force != nullptr && in_force->settings.accounts.*of_sources == source;
    auto& rows = loaded.read.*of_memory;
    rows = rows_of(reader(*source, out),
                   is_the_same ? in_force->accounts_read.*of_memory : nullptr, out);
    if (rows)
      all.push_back(*rows);
  };
  if (!sources.csv.empty())
    all.push_back(read_accounts_csv(sources.csv, out));
  read(sources.sqlite, read_sqlite_accounts, &account_sources::sqlite, &account_memory::sqlite);
  read(sources.postgresql, read_postgresql_accounts, &account_sources::postgresql,
       &account_memory::postgresql);
  read(sources.ldap, read_ldap_accounts, &account_sources::ldap, &account_memory::ldap);
  loaded.accounts = join_accounts(std::move(all), out);
  return loaded;
}

} // namespace stellwerk

#include "config/snapshot.hpp"

#include "config/load_accounts.hpp"
#include "config/load_configuration.hpp"

#include <utility>

namespace stellwerk {
namespace {

void warn_of_unjudged_domains(const snapshot& loaded, diagnostics& found) {
  for (const auto& route : loaded.routes.all())
    if (!loaded.accounts->has_accounts(route.domain))
      found.push_back({loaded.settings.routes.string(), route.value, "domains." + route.written,
                       "has no accounts, login case and sender binding cannot be judged there",
                       severity::warning});
}

} // namespace

load_result load_snapshot(const std::filesystem::path& stellwerk_yaml,
                          const snapshot* in_force) {
  load_result result;
  auto& found = result.found;
  const auto text = read_file(stellwerk_yaml, found);
  if (!text)
    return result;
  auto settings = parse_configuration(*text, stellwerk_yaml, found);
  if (!settings)
    return result;
  snapshot loaded;
  loaded.settings = std::move(*settings);
  if (auto routes = read_file(loaded.settings.routes, found)) {
    loaded.routes = parse_routes(*routes, loaded.settings.routes.string(), found);
    loaded.routes_text = std::move(*routes);
  }
  loaded.accounts_configured = loaded.settings.accounts.any();
  if (loaded.accounts_configured) {
    auto [accounts, read] = load_accounts(loaded.settings.accounts, in_force, found);
    loaded.accounts = std::make_shared<const account_table>(std::move(accounts));
    loaded.accounts_read = std::move(read);
    warn_of_unjudged_domains(loaded, found);
  }
  sort_by_place(found);
  if (!has_problems(found))
    result.loaded = std::move(loaded);
  return result;
}

} // namespace stellwerk

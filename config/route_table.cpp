#include "config/routes.hpp"

#include <utility>

namespace stellwerk {

std::string_view text_of(default_route value) {
  switch (value) {
    case default_route::on_old:
      return "old";
    case default_route::on_new:
      return "new";
    case default_route::refuse:
      return "refuse";
  }
  return "";
}

std::optional<side> side_of(default_route value) {
  switch (value) {
    case default_route::on_old:
      return side::on_old;
    case default_route::on_new:
      return side::on_new;
    case default_route::refuse:
      break;
  }
  return std::nullopt;
}

route_table::route_table(default_route fallback, std::vector<domain_route> domains)
    : fallback_{fallback}, domains_{std::move(domains)} {
  for (std::size_t i = 0; i < domains_.size(); ++i)
    index_.emplace(domains_[i].domain, i);
}

const domain_route* route_table::find(std::string_view domain) const {
  const auto found = index_.find(std::string{domain});
  return found == index_.end() ? nullptr : &domains_[found->second];
}

route_table route_table::with(std::string_view domain, phase now) const {
  auto changed = domains_;
  if (const auto found = index_.find(std::string{domain}); found != index_.end())
    changed[found->second].now = now;
  else
    changed.push_back({std::string{domain}, std::string{domain}, now, {}});
  return {fallback_, std::move(changed)};
}

} // namespace stellwerk

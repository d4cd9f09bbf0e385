#pragma once

#include "config/diagnostic.hpp"
#include "protocol/cutover/phase.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// What happens to domains and bare logins that are not listed.
enum class default_route : std::uint8_t {
  on_old, ///< As before: the old server decides.
  on_new,
  refuse, ///< 550 5.7.1 to recipients, logins fail.
};
[[nodiscard]] std::string_view text_of(default_route value);
/// Nothing for `refuse`.
[[nodiscard]] std::optional<side> side_of(default_route value);

/// One line of routes.yaml.
struct domain_route {
  std::string domain;  ///< `domain_key`
  std::string written; ///< as the operator wrote it
  phase now = phase::on_old;
  position value; ///< where the phase stands in the file
};

/// routes.yaml: the truth about phases.
class route_table {
public:
  route_table() = default;
  /// Of two entries for one domain the first counts (the loader reports the second).
  route_table(default_route fallback, std::vector<domain_route> domains);

  [[nodiscard]] default_route fallback() const { return fallback_; }
  /// In the order of the file.
  [[nodiscard]] const std::vector<domain_route>& all() const { return domains_; }
  /// Null if the domain (`domain_key`) is not listed.
  [[nodiscard]] const domain_route* find(std::string_view domain) const;
  /// The same table with one domain (`domain_key`) in another phase, listed then if it was not;
  /// used when a change does not come from the file.
  [[nodiscard]] route_table with(std::string_view domain, phase now) const;

private:
  default_route fallback_ = default_route::on_old;
  std::vector<domain_route> domains_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// Reads the text of routes.yaml; problems go to `out` under the name `file`, and then the
/// result is not to be used.
[[nodiscard]] route_table parse_routes(const std::string& text, const std::string& file,
                                       diagnostics& out);

} // namespace stellwerk

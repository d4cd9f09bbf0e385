#include "config/read_value.hpp"
#include "config/routes.hpp"
#include "protocol/base/domain_name.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr choices<default_route, 3> default_words{{{"old", default_route::on_old},
                                                   {"new", default_route::on_new},
                                                   {"refuse", default_route::refuse}}};
constexpr choices<phase, 4> phase_words{{{"old", phase::on_old},
                                         {"moving", phase::moving},
                                         {"new", phase::on_new},
                                         {"returning", phase::returning}}};

void read_domain(const yaml_mapping::entry& entry, yaml_file& source,
                 std::vector<domain_route>& domains,
                 std::unordered_map<std::string, position>& seen) {
  domain_route route{"", entry.key, phase::on_old, entry.value.where()};
  read(maybe_value{entry.value}, route.now, phase_words);
  const auto report = [&](std::string what) {
    source.found.push_back(
        {source.name, entry.where, "domains", std::move(what), severity::problem});
  };
  auto key = domain_key(entry.key);
  if (!key) {
    report(in_quotes(entry.key) + " is no domain");
    return;
  }
  if (const auto [at, fresh] = seen.emplace(*key, entry.where); !fresh) {
    report(in_quotes(entry.key) + " is already in line " + std::to_string(at->second.line));
    return;
  }
  route.domain = std::move(*key);
  domains.push_back(std::move(route));
}

} // namespace

route_table parse_routes(const std::string& text, const std::string& file, diagnostics& out) {
  yaml_file source{file, std::filesystem::path{file}.parent_path(), out};
  const auto root = parse_yaml(text, source);
  if (!root)
    return {};
  yaml_mapping map{*root};
  auto fallback = default_route::on_old;
  std::vector<domain_route> domains;
  std::unordered_map<std::string, position> seen;
  read(map.take("default"), fallback, default_words);
  if (const auto listed = map.take("domains")) {
    yaml_mapping entries{*listed};
    for (const auto& entry : entries.take_all())
      read_domain(entry, source, domains, seen);
  }
  return route_table{fallback, std::move(domains)};
}

} // namespace stellwerk

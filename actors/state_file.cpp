#include "actors/state_file.hpp"

#include "actors/io/atomic_file.hpp"
#include "actors/random_hex.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <system_error>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;
using std::chrono::system_clock;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "state.json";
}

std::int64_t to_seconds(system_clock::time_point when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

} // namespace

void lasting_state::follow(const route_table& routes, system_clock::time_point now) {
  std::map<std::string, dated_phase> next;
  for (const auto& route : routes.all()) {
    const auto known = domains.find(route.domain);
    const bool same = known != domains.end() && known->second.now == route.now;
    next[route.domain] = same ? known->second : dated_phase{route.now, now};
  }
  domains = std::move(next);
}

state_load load_state(const std::filesystem::path& state_dir) {
  state_load result;
  std::ifstream file{file_in(state_dir)};
  if (!file) {
    std::error_code problem;
    const auto found = std::filesystem::symlink_status(file_in(state_dir), problem);
    if (found.type() != std::filesystem::file_type::not_found)
      result.problem = file_in(state_dir).string() + " is there and cannot be read";
    else
      result.state.instance = draw_hex(16);
    return result;
  }
  try {
    const auto read = json::parse(file);
    result.state.epoch = read.at("epoch");
    result.state.instance = read.at("instance");
    for (const auto& [domain, dated] : read.at("domains").items()) {
      const auto now = parse_phase(dated.at("phase").get<std::string>());
      if (now)
        result.state.domains[domain] = {*now, system_clock::time_point{std::chrono::seconds{
                                                  dated.at("since").get<std::int64_t>()}}};
    }
  } catch (const json::exception& fault) {
    result.problem = file_in(state_dir).string() + ": " + fault.what();
  }
  return result;
}

std::string save_state(const std::filesystem::path& state_dir, const lasting_state& state) {
  json domains = json::object();
  for (const auto& [domain, dated] : state.domains)
    domains[domain] = {{"phase", text_of(dated.now)}, {"since", to_seconds(dated.since)}};
  const json whole{{"epoch", state.epoch}, {"instance", state.instance}, {"domains", domains}};
  return io::replace_file(file_in(state_dir), whole.dump(2) + '\n');
}

} // namespace stellwerk

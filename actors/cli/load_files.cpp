#include "actors/cli/load_files.hpp"

#include "config/load_configuration.hpp"

namespace stellwerk::cli {

loaded_files load_files(const std::filesystem::path& stellwerk_yaml, tls::time_point now) {
  auto [loaded, found] = load_snapshot(stellwerk_yaml);
  loaded_files result{std::move(loaded), {}, std::move(found)};
  const auto name = stellwerk_yaml.string();
  if (result.loaded)
    result.tls = tls::load_material(result.loaded->settings, name, now, result.found);
  else {
    // What the rest of a file with problems names is opened too: all problems in one run.
    diagnostics said_before;
    if (const auto text = read_file(stellwerk_yaml, said_before)) {
      if (const auto settings = parse_configuration(*text, stellwerk_yaml, said_before))
        result.tls = tls::load_material(*settings, name, now, result.found);
    }
  }
  sort_by_place(result.found);
  if (has_problems(result.found))
    result.loaded.reset();
  return result;
}

} // namespace stellwerk::cli

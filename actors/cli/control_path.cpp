#include "actors/cli/control_path.hpp"

#include "config/load_configuration.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace stellwerk::cli {

namespace {

/// The value of a key at the beginning of a line, without quotes and comment; empty if there is
/// none.
std::string_view scan_for(std::string_view key, std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":")
      continue;
    line.remove_prefix(key.size() + 1);
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(blank)));
    if (const char quote = line.empty() ? '\0' : line[0]; quote == '"' || quote == '\'')
      return line.substr(1, line.find(quote, 1) - 1);
    line = line.substr(0, line.find(" #"));
    return line.substr(0, line.find_last_not_of(blank) + 1);
  }
  return {};
}

} // namespace

std::optional<std::filesystem::path> find_control(const std::filesystem::path& stellwerk_yaml,
                                                  diagnostics& found) {
  const auto text = read_file(stellwerk_yaml, found);
  if (!text)
    return std::nullopt;
  if (const auto settings = parse_configuration(*text, stellwerk_yaml, found))
    return settings->control;
  const auto folder = stellwerk_yaml.parent_path();
  if (const auto control = scan_for("control", *text); !control.empty())
    return folder / control;
  const auto state = scan_for("state_dir", *text);
  return folder / (state.empty() ? "state" : state) / "control.sock";
}

} // namespace stellwerk::cli

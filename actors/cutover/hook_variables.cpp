#include "actors/cutover/hook_variables.hpp"

namespace stellwerk {

std::filesystem::path accounts_file_of(const std::string& id,
                                       const std::filesystem::path& state_dir) {
  return std::filesystem::absolute(state_dir) / ("accounts-" + id + ".csv");
}

hook_process::variables variables_of(const hook_cause& cause,
                                     const std::filesystem::path& state_dir) {
  return {{"STELLWERK_DOMAIN", cause.domain},
          {"STELLWERK_FROM", std::string{text_of(cause.from)}},
          {"STELLWERK_TO", std::string{text_of(cause.to)}},
          {"STELLWERK_ACCOUNTS", accounts_file_of(cause.id, state_dir).string()}};
}

} // namespace stellwerk

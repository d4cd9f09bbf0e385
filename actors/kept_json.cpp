#include "actors/kept_json.hpp"

#include "actors/io/atomic_file.hpp"

#include <fstream>

namespace stellwerk {

using json = nlohmann::ordered_json;

bool read_kept(const std::filesystem::path& file,
               const std::function<void(const json&)>& read) {
  std::ifstream opened{file};
  if (!opened)
    return false;
  try {
    read(json::parse(opened));
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

std::string write_kept(const std::filesystem::path& file, const json& value) {
  return io::replace_file(file,
                          value.dump(-1, ' ', false, json::error_handler_t::replace) + '\n');
}

} // namespace stellwerk

#include "config/password_file.hpp"

#include "config/load_configuration.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr std::uintmax_t max_file = mebibyte;

} // namespace

std::optional<std::string> read_password(const std::filesystem::path& file, diagnostics& out) {
  if (file.empty())
    return std::string{};
  auto text = read_file(file, out, max_file);
  if (!text)
    return std::nullopt;
  text->resize(std::min(text->find_first_of("\r\n"), text->size()));
  if (text->empty() || text->find('\0') != std::string::npos) {
    out.push_back({file.string(), {1, 1}, "", "holds no password in its first line"});
    return std::nullopt;
  }
  return text;
}

} // namespace stellwerk

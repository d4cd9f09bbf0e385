#include "actors/master_keys.hpp"

#include "config/regular_file.hpp"

#include <string>
#include <system_error>

namespace stellwerk {
namespace {

constexpr std::uintmax_t max_file_octets = 4096;

/// Without the line's end, LF or CRLF.
std::string_view first_line(std::string_view octets) {
  auto line = octets.substr(0, octets.find('\n'));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

std::shared_ptr<const secret> load_key(const configuration& settings, side where,
                                       const backend_settings& backend, diagnostics& out) {
  const auto& path = backend.master_password_file;
  if (backend.login != backend_login::master || path.empty())
    return nullptr;
  const auto report = [&](const std::string& what, severity weight) {
    out.push_back({settings.file.string(),
                   {},
                   "backends." + std::string{text_of(where)} + ".login.password_file",
                   path.string() + ' ' + what,
                   weight});
  };
  auto read = read_regular_file(path, max_file_octets);
  if (!read.problem.empty()) {
    report(read.problem, severity::problem);
    return nullptr;
  }
  const auto line = first_line(read.octets);
  auto key = std::make_shared<const secret>(line);
  const bool is_usable = !line.empty() && line.find('\0') == std::string_view::npos;
  wipe(read.octets);
  if (!is_usable) {
    report("has no password in its first line", severity::problem);
    return nullptr;
  }
  using std::filesystem::perms;
  std::error_code ignored;
  const auto mode = std::filesystem::status(path, ignored).permissions();
  if (!ignored && (mode & perms::others_read) != perms::none)
    report("can be read by every user, set its mode to 0600", severity::warning);
  return key;
}

} // namespace

master_keys load_master_keys(const configuration& settings, diagnostics& out) {
  master_keys keys;
  keys.on_old = load_key(settings, side::on_old, settings.backends.on_old, out);
  keys.on_new = load_key(settings, side::on_new, settings.backends.on_new, out);
  return keys;
}

} // namespace stellwerk

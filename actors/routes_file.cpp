#include "actors/routes_file.hpp"

#include "actors/io/atomic_file.hpp"
#include "config/load_configuration.hpp"
#include "config/routes_edit.hpp"

#include <utility>

namespace stellwerk {

bool has_unloaded_edits(const snapshot& known) {
  diagnostics found;
  const auto text = read_file(known.settings.routes, found);
  return !text || *text != known.routes_text;
}

std::string write_phase(snapshot& known, const std::string& domain, phase now) {
  const auto& file = known.settings.routes;
  diagnostics found;
  const auto text = read_file(file, found);
  if (!text)
    return text_of(found.front());
  auto edit = with_phase(*text, domain, now);
  if (!edit.problem.empty())
    return file.string() + ": " + edit.problem;
  // A link is followed: what it leads to is replaced, not the link.
  std::error_code failed;
  const auto real = std::filesystem::canonical(file, failed);
  if (auto problem = io::replace_file(failed ? file : real, edit.text); !problem.empty())
    return problem;
  known.routes_text = *text == known.routes_text
                          ? std::move(edit.text)
                          : with_phase(known.routes_text, domain, now).text;
  return {};
}

} // namespace stellwerk

#include "actors/cli/check.hpp"

#include "actors/cli/reply_text.hpp"

namespace stellwerk::cli {

json to_json(const diagnostic& one) {
  return {{"file", one.file},
          {"line", one.where.line},
          {"column", one.where.column},
          {"key", one.key},
          {"message", one.what}};
}

json problems_of(const diagnostics& found) {
  auto list = json::array();
  for (const auto& one : found)
    if (one.weight == severity::problem)
      list.push_back(to_json(one));
  return list;
}

json warnings_of(const diagnostics& found) {
  auto list = json::array();
  for (const auto& one : found)
    if (one.weight == severity::warning)
      list.push_back(problem_text(to_json(one)));
  return list;
}

json check_reply(const diagnostics& found) {
  json reply{{"problems", problems_of(found)}, {"warnings", warnings_of(found)}};
  if (has_problems(found))
    reply["error"] = {{"reason", "the files have problems"},
                      {"advice", "correct them; every key is explained in config/README.md"}};
  return reply;
}

std::string check_text(const diagnostics& found, const std::string& file) {
  std::string out;
  for (const auto& one : found)
    out += text_of(one) + '\n';
  const auto problems = static_cast<std::int64_t>(count_problems(found));
  const auto warnings = static_cast<std::int64_t>(found.size()) - problems;
  if (problems > 0)
    return out + counted(problems, "problem")
           + "; nothing was started. Every key is explained in config/README.md.\n";
  return out + file + ": no problems"
         + (warnings > 0 ? ", " + counted(warnings, "warning") : "") + '\n';
}

} // namespace stellwerk::cli

#include "actors/cli/reply_text.hpp"

#include "actors/log/line.hpp"

namespace stellwerk::cli {

namespace {

/// Blanks and equals signs are harmless here; control characters are not. A value that the log
/// would quote for other reasons than those stays as it is.
std::string printable(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find_first_of(" =\"\\", at);
    const auto part = text.substr(at, end - at);
    const auto shown = part.empty() ? part : log::escaped(part);
    out += shown.starts_with('"') ? shown.substr(1, shown.size() - 2) : shown;
    if (end == std::string::npos)
      break;
    out += text[end];
    at = end + 1;
  }
  return out;
}

std::string value_text(const json& value) {
  if (value.is_null())
    return {};
  if (value.is_string())
    return printable(value.get<std::string>());
  if (!value.is_array())
    return value.dump(-1, ' ', true, json::error_handler_t::replace);
  std::string out;
  for (const auto& one : value)
    out += (out.empty() ? "" : ", ") + value_text(one);
  return out;
}

} // namespace

std::string member_text(const json& object, std::string_view name) {
  if (!object.is_object())
    return {};
  const auto found = object.find(name);
  return found == object.end() ? std::string{} : value_text(*found);
}

const json& list_of(const json& object, std::string_view name) {
  static const json nothing = json::array();
  if (!object.is_object())
    return nothing;
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : nothing;
}

std::string counted(std::int64_t number, std::string_view what) {
  return std::to_string(number) + ' ' + std::string{what} + (number == 1 ? "" : "s");
}

std::string problem_text(const json& problem) {
  const auto line = member_text(problem, "line");
  const auto key = member_text(problem, "key");
  std::string out = member_text(problem, "file");
  if (!line.empty() && line != "0")
    out += ':' + line + ':' + member_text(problem, "column");
  out += (out.empty() ? "" : ": ") + (key.empty() ? key : key + ": ");
  return out + member_text(problem, "message");
}

std::string error_text(const json& error, std::string_view consequence) {
  const auto& problems = list_of(error, "problems");
  std::string out;
  for (const auto& problem : problems)
    out += problem_text(problem) + '\n';
  if (!problems.empty())
    return out + counted(static_cast<std::int64_t>(problems.size()), "problem") + "; "
           + std::string{consequence} + ". Every key is explained in config/README.md.\n";
  out += "stellwerk: " + member_text(error, "reason") + '\n';
  if (const auto advice = member_text(error, "advice"); !advice.empty())
    out += advice + '\n';
  return out;
}

std::string warnings_text(const json& reply) {
  std::string out;
  for (const auto& warning : list_of(reply, "warnings"))
    out += "warning: " + value_text(warning) + '\n';
  return out;
}

} // namespace stellwerk::cli

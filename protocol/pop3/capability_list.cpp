#include "protocol/pop3/capability_list.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::pop3 {
namespace {

constexpr std::size_t max_lines = 64;
constexpr std::size_t max_line_octets = 512; // RFC 2449 section 4.

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(' ')); }

// What belongs to a connection, is done before login or is nobody's standard.
bool is_ours_to_say(std::string_view name) {
  static constexpr std::string_view not_passed[]
      = {"SASL", "USER",           "STLS",       "UTF8",          "LANG",
         "APOP", "AUTH-RESP-CODE", "RESP-CODES", "IMPLEMENTATION"};
  return starts_with_ignoring_case(name, "X") || std::ranges::any_of(not_passed, [&](auto no) {
           return equals_ignoring_case(name, no);
         });
}

std::string common_mechanisms(std::string_view line, const capability_list& other) {
  std::string common = "SASL";
  for (auto rest = line.substr(common.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const auto word = name_of(rest);
    if (other.contains(common.substr(0, 4), word))
      common.append(" ").append(word);
    rest.remove_prefix(word.size());
  }
  return common == "SASL" ? std::string{} : common;
}

} // namespace

std::string capability_list::arguments(std::string_view name) const {
  const auto* line = find(name);
  if (line == nullptr)
    return {};
  return line->substr(std::min(line->size(), name.size() + 1));
}

capability_list::capability_list(const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    add(line);
}

void capability_list::add(std::string_view line) {
  if (!name_of(line).empty() && line.size() <= max_line_octets && lines_.size() < max_lines
      && !contains(name_of(line)))
    lines_.emplace_back(line);
}

const std::string* capability_list::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      lines_, [&](const auto& line) { return equals_ignoring_case(name_of(line), name); });
  return found == lines_.end() ? nullptr : &*found;
}

bool capability_list::contains(std::string_view name) const { return find(name) != nullptr; }

bool capability_list::contains(std::string_view name, std::string_view argument) const {
  const auto* line = find(name);
  if (line == nullptr)
    return false;
  for (std::string_view rest = *line; !rest.empty();) {
    const auto word = name_of(rest);
    if (word.data() != line->data() && equals_ignoring_case(word, argument))
      return true;
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return false;
}

capability_list common_to(const capability_list& a, const capability_list& b) {
  capability_list common;
  for (const auto& line : a.lines())
    if (equals_ignoring_case(name_of(line), "SASL"))
      common.add(common_mechanisms(line, b));
    else if (std::ranges::any_of(b.lines(),
                                 [&](const auto& l) { return equals_ignoring_case(l, line); }))
      common.add(line);
  return common;
}

capability_list announced_before_login(const capability_list& common, client_channel channel) {
  capability_list announced;
  for (const auto& line : common.lines())
    if (!is_ours_to_say(name_of(line)))
      announced.add(line);
  announced.add("RESP-CODES");
  announced.add("AUTH-RESP-CODE");
  if (channel == client_channel::clear_with_stls)
    announced.add("STLS");
  if (channel == client_channel::tls) {
    announced.add("USER");
    std::string mechanisms = "SASL PLAIN LOGIN";
    for (const auto* token : {"XOAUTH2", "OAUTHBEARER"})
      if (common.contains("SASL", token))
        mechanisms.append(" ").append(token);
    announced.add(mechanisms);
  }
  return announced;
}

} // namespace stellwerk::pop3

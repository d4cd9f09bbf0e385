#include "protocol/logs/dovecot_login.hpp"

#include "protocol/base/ip_address.hpp"
#include "protocol/base/word_table.hpp"

#include <algorithm>
#include <array>

namespace stellwerk::logs {
namespace {

constexpr word_table<login_service, 4> services{
    {"imap-login", "pop3-login", "managesieve-login", "submission-login"}};
constexpr std::size_t longest_name = 80; // Of what Dovecot shows.

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The end of the name that begins at 0; the last one, whatever the name holds.
std::size_t end_of_name(std::string_view text) {
  for (const std::string_view mark : {">, method=", ">, rip="})
    if (const auto found = text.rfind(mark); found != std::string_view::npos)
      return found;
  return text.rfind('>');
}

/// Up to the next comma.
std::string_view take_element(std::string_view& rest) {
  const auto element = rest.substr(0, rest.find(", "));
  rest.remove_prefix(std::min(rest.size(), element.size() + 2));
  return element;
}

bool read_elements(std::string_view rest, dovecot_login& into) {
  bool is_safe = false;
  while (!rest.empty()) {
    const auto element = take_element(rest);
    if (element.starts_with("rip=")) {
      into.client = element.substr(4);
      if (!parse_ip_address(into.client))
        return false;
    } else if (element.starts_with("TLS") || element == "secured") {
      is_safe = true;
    }
  }
  into.without_tls = !is_safe;
  return true;
}

} // namespace

std::optional<login_service> parse_login_service(std::string_view service) {
  return services.parse(service);
}

line_meaning read_dovecot_login(login_service service, std::string_view message,
                                dovecot_login& into) {
  into = {};
  into.service = service;
  const auto known = {"Login: ", "Aborted login", "Login aborted", "Disconnected"};
  if (std::none_of(known.begin(), known.end(),
                   [&](std::string_view word) { return message.starts_with(word); }))
    return line_meaning::nothing;
  constexpr std::string_view before_name = ": user=<";
  const auto found = message.find(before_name);
  into.accepted = message.starts_with("Login: ");
  if (found == std::string_view::npos)
    return into.accepted ? line_meaning::broken : line_meaning::nothing;
  const auto what = message.substr(0, found);
  const bool was_in_clear = contains(what, "(tried to use disallowed plaintext auth");
  if (into.accepted ? what != "Login" : !was_in_clear && !contains(what, "(auth failed"))
    return line_meaning::nothing;
  const auto behind = message.substr(found + before_name.size());
  const auto end = end_of_name(behind);
  if (end == std::string_view::npos)
    return line_meaning::broken;
  into.login = behind.substr(0, end);
  auto rest = behind.substr(end + 1);
  if (rest.starts_with(", "))
    rest.remove_prefix(2);
  else if (!rest.empty())
    return line_meaning::broken;
  const bool is_cut = into.login.size() >= longest_name && into.login.ends_with("...");
  if (!read_elements(rest, into) || is_cut)
    return line_meaning::broken;
  if (into.login.empty() && into.accepted)
    return line_meaning::broken;
  into.without_tls = into.without_tls || was_in_clear;
  return into.login.empty() && !into.without_tls ? line_meaning::nothing : line_meaning::event;
}

} // namespace stellwerk::logs

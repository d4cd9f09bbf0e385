#include "protocol/imap/capability_list.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::imap {
namespace {

constexpr std::size_t max_names = 256;

// What belongs to a connection and its security, or leads around the proxy: never passed on.
bool is_ours_to_say(std::string_view name) {
  static constexpr std::string_view not_passed[]
      = {"STARTTLS", "LOGINDISABLED", "UNAUTHENTICATE", "LOGIN-REFERRALS", "MAILBOX-REFERRALS"};
  return starts_with_ignoring_case(name, "AUTH=")
         || std::ranges::any_of(not_passed,
                                [&](auto no) { return equals_ignoring_case(name, no); });
}

} // namespace

capability_list capability_list::parse(std::string_view names) {
  capability_list list;
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(' '));
    list.add(name);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return list;
}

bool capability_list::contains(std::string_view name) const {
  return std::ranges::any_of(names_,
                             [&](const auto& n) { return equals_ignoring_case(n, name); });
}

void capability_list::add(std::string_view name) {
  if (!name.empty() && names_.size() < max_names && !contains(name))
    names_.emplace_back(name);
}

void capability_list::remove(std::string_view name) {
  std::erase_if(names_, [&](const auto& n) { return equals_ignoring_case(n, name); });
}

std::string capability_list::text() const {
  std::string text;
  for (const auto& name : names_) {
    if (!text.empty())
      text += ' ';
    text += name;
  }
  return text;
}

capability_list common_to(const capability_list& a, const capability_list& b) {
  const auto takes_short_literals = [](const capability_list& list) {
    return list.contains("LITERAL+") || list.contains("LITERAL-");
  };
  capability_list common;
  for (const auto& name : a.names()) {
    const bool about_literals
        = equals_ignoring_case(name, "LITERAL+") || equals_ignoring_case(name, "LITERAL-");
    if (b.contains(name))
      common.add(name);
    else if (about_literals && takes_short_literals(b))
      common.add("LITERAL-");
  }
  if (common.contains("LITERAL+"))
    common.remove("LITERAL-"); // Never both (RFC 7888 section 5).
  return common;
}

capability_list announced_before_login(const capability_list& common, client_channel channel) {
  capability_list announced;
  for (const auto* name : {"IMAP4rev1", "SASL-IR", "ID"})
    announced.add(name);
  if (channel == client_channel::clear_with_starttls)
    announced.add("STARTTLS");
  if (channel == client_channel::tls) {
    announced.add("AUTH=PLAIN");
    announced.add("AUTH=LOGIN");
    for (const auto* token : {"AUTH=XOAUTH2", "AUTH=OAUTHBEARER"})
      if (common.contains(token))
        announced.add(token);
  } else {
    announced.add("LOGINDISABLED");
  }
  for (const auto& name : common.names())
    if (!is_ours_to_say(name))
      announced.add(name);
  return announced;
}

capability_list passed_after_login(const capability_list& of_backend) {
  capability_list passed;
  for (const auto& name : of_backend.names())
    if (!is_ours_to_say(name))
      passed.add(name);
  return passed;
}

} // namespace stellwerk::imap

#include "protocol/sieve/capability_list.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/imap/argument.hpp"
#include "protocol/sieve/response.hpp"

#include <algorithm>
#include <charconv>

namespace stellwerk::sieve {
namespace {

constexpr std::size_t max_capabilities = 64;

bool has_word(std::string_view words, std::string_view wanted) {
  while (!words.empty())
    if (const auto word = imap::take_word(words); equals_ignoring_case(word, wanted))
      return !word.empty();
  return false;
}

std::string common_words(std::string_view a, std::string_view b) {
  std::string common;
  while (!a.empty()) {
    const auto word = imap::take_word(a);
    if (has_word(b, word))
      common.append(common.empty() ? "" : " ").append(word);
  }
  return common;
}

std::optional<unsigned> number_of(std::string_view text) {
  unsigned number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
}

} // namespace

std::optional<capability> parse_capability(std::string_view frame) {
  auto name = imap::take_string(frame);
  if (!name || name->empty())
    return std::nullopt;
  capability one{*std::move(name)};
  if (frame.empty())
    return one;
  if (imap::take_space(frame))
    one.value = imap::take_string(frame);
  if (!one.value || !frame.empty())
    return std::nullopt;
  return one;
}

void capability_list::add(capability one) {
  if (all_.size() < max_capabilities && !contains(one.name))
    all_.push_back(std::move(one));
}

const capability* capability_list::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      all_, [&](const auto& one) { return equals_ignoring_case(one.name, name); });
  return found == all_.end() ? nullptr : &*found;
}

std::string_view capability_list::value(std::string_view name) const {
  const auto* found = find(name);
  return found != nullptr && found->value ? std::string_view{*found->value}
                                          : std::string_view{};
}

bool capability_list::contains(std::string_view name, std::string_view word) const {
  return has_word(value(name), word);
}

std::string capability_list::text() const {
  std::string text;
  for (const auto& one : all_) {
    text += string_of(one.name, writer::server);
    if (one.value)
      text += ' ' + string_of(*one.value, writer::server);
    text += "\r\n";
  }
  return text;
}

capability_list common_to(const capability_list& a, const capability_list& b) {
  capability_list common;
  for (const auto& one : a.all()) {
    if (!b.contains(one.name))
      continue;
    const auto is = [&](std::string_view name) { return equals_ignoring_case(one.name, name); };
    const auto here = a.value(one.name);
    const auto there = b.value(one.name);
    const auto fewer = std::min(number_of(here), number_of(there)); // No number is the least.
    if (is("SIEVE") || is("NOTIFY") || is("EXTLISTS") || is("SASL")) {
      if (auto words = common_words(here, there); is("SIEVE") || !words.empty())
        common.add({one.name, std::move(words)});
    } else if (is("MAXREDIRECTS") && fewer) {
      common.add({one.name, std::to_string(*fewer)});
    } else if (is("VERSION") && here == there) {
      common.add(one);
    }
  }
  return common;
}

capability_list announced_before_login(const capability_list& common, client_channel channel) {
  capability_list announced;
  announced.add({"IMPLEMENTATION", "Stellwerk"});
  for (const auto& one : common.all())
    if (!equals_ignoring_case(one.name, "SASL"))
      announced.add(one);
  announced.add({"SIEVE", ""}); // Must be there, whatever is known.
  std::string mechanisms = channel == client_channel::tls ? "PLAIN LOGIN" : "";
  for (const auto* token : {"XOAUTH2", "OAUTHBEARER"})
    if (channel == client_channel::tls && common.contains("SASL", token))
      mechanisms.append(" ").append(token);
  announced.add({"SASL", std::move(mechanisms)});
  if (channel == client_channel::clear_with_starttls)
    announced.add({"STARTTLS"});
  return announced;
}

} // namespace stellwerk::sieve

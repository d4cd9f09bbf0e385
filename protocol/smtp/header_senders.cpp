#include "protocol/smtp/header_senders.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/smtp/header_field.hpp"
#include "protocol/smtp/mailbox_list.hpp"

#include <algorithm>
#include <array>

namespace stellwerk::smtp {
namespace {

constexpr std::array<std::string_view, 3> sender_fields{"From", "Sender", "Resent-From"};

/// As one of `sender_fields`, or empty.
std::string_view sender_field(std::string_view name) {
  const auto found
      = std::find_if(sender_fields.begin(), sender_fields.end(),
                     [&](std::string_view one) { return equals_ignoring_case(one, name); });
  return found == sender_fields.end() ? std::string_view{} : *found;
}

/// The visible ASCII of what is before the first colon: what a careless reader may take for the
/// name.
std::string careless_name(std::string_view line) {
  std::string name;
  for (const char c : line.substr(0, line.find(':')))
    if (c > ' ' && c < 0x7F)
      name += c;
  return name;
}

/// `From:` somewhere in a line, so that a break before it would make it a field.
bool hides_a_field(std::string_view line) {
  const auto text = to_lower(line);
  return std::any_of(sender_fields.begin(), sender_fields.end(), [&](std::string_view one) {
    return text.find(to_lower(one)) != std::string::npos;
  });
}

bool is_continuation(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

/// Why this line may be a sender's field for one reader and none for another; empty if not.
/// `has_name`: the lines before it that it may continue have a colon.
std::string doubt_about(std::string_view line, bool is_first, bool has_name) {
  const bool continues = is_continuation(line);
  const bool has_colon = line.find(':') != std::string_view::npos;
  if (continues && is_first)
    return "the header begins with a blank";
  if (line.size() > max_header_line && hides_a_field(line))
    return "a line too long that names a sender";
  if (continues)
    return has_colon && !has_name ? "a field whose name is folded" : "";
  if (!has_colon)
    return sender_field(careless_name(line)).empty() ? ""
                                                     : "a line that is a sender's name alone";
  auto field = line;
  const auto exact = take_field(field);
  if ((!exact || sender_field(exact->name).empty())
      && !sender_field(careless_name(line)).empty())
    return "a field that is almost " + careless_name(line);
  return {};
}

} // namespace

header_senders read_header_senders(std::string_view fields) {
  header_senders found;
  bool has_name = false;
  for (auto rest = fields; !rest.empty() && found.doubt.empty();) {
    const auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (!line.empty())
      found.doubt = doubt_about(line, rest.size() == fields.size(), has_name);
    has_name = (is_continuation(line) && has_name) || line.find(':') != std::string_view::npos;
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  while (const auto field = take_field(fields)) {
    const auto name = sender_field(field->name);
    if (name.empty())
      continue;
    found.has_from = found.has_from || name == sender_fields[0];
    auto list = field->body.size() > max_sender_field
                    ? mailbox_list{{}, "longer than what MTAs keep whole"}
                    : read_mailboxes(field->body);
    if (list.doubt.empty() && list.addresses.empty())
      list.doubt = "names nobody";
    if (!list.doubt.empty() && found.doubt.empty())
      found.doubt = std::string{name} + ": " + list.doubt;
    for (auto& address : list.addresses)
      found.mentions.push_back({name, std::move(address)});
  }
  return found;
}

} // namespace stellwerk::smtp

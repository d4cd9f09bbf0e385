#include "protocol/smtp/path.hpp"

#include "protocol/base/utf8.hpp"
#include "protocol/smtp/address_literal.hpp"
#include "protocol/smtp/characters.hpp"

namespace stellwerk::smtp {
namespace {

// Quoted-string = DQUOTE *( qtextSMTP / quoted-pairSMTP ) DQUOTE; gives the meaning.
std::optional<std::string> take_quoted_string(cursor& at) {
  if (!at.take('"'))
    return std::nullopt;
  std::string meaning;
  while (!at.take('"')) {
    const bool escaped = at.take('\\');
    const char c = at.peek();
    if (at.at_end() || !is_printable(c) || (escaped && is_beyond_ascii(c)))
      return std::nullopt;
    meaning += c;
    at.take(c);
  }
  return meaning;
}

// Local-part = Dot-string / Quoted-string
std::optional<std::string> take_local_part(cursor& at) {
  std::optional<std::string> local;
  if (at.peek() == '"')
    local = take_quoted_string(at);
  else if (const auto text = at.take_while([](char c) { return c == '.' || is_atext(c); });
           !text.empty())
    local = text;
  if (!local || local->size() > max_local_octets || !is_utf8(*local))
    return std::nullopt;
  return local;
}

// sub-domain = Let-dig [Ldh-str] / U-label
bool take_sub_domain(cursor& at) {
  constexpr std::size_t max_label_octets = 63;
  const auto label = at.take_while([](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || is_beyond_ascii(c);
  });
  if (label.empty() || label.front() == '-' || label.back() == '-' || !is_utf8(label))
    return false;
  // A U-label's limit is on its A-label, which `domain_key` builds.
  return has_octet_beyond_ascii(label) || label.size() <= max_label_octets;
}

// Domain = sub-domain *("." sub-domain)
std::optional<std::string> take_domain(cursor& at) {
  const auto whole = at.rest();
  do
    if (!take_sub_domain(at))
      return std::nullopt;
  while (at.take('.'));
  const auto domain = whole.substr(0, whole.size() - at.rest().size());
  if (domain.size() > max_domain_octets)
    return std::nullopt;
  return std::string{domain};
}

// address-literal = "[" ( IPv4 / IPv6 / General-address-literal ) "]"
std::optional<std::string> take_literal(cursor& at) {
  if (!at.take('['))
    return std::nullopt;
  const auto content = at.take_until(']');
  if (content.size() + 2 > max_domain_octets || !is_address_literal(content) || !at.take(']'))
    return std::nullopt;
  return '[' + std::string{content} + ']';
}

// A-d-l = At-domain *( "," At-domain ), At-domain = "@" Domain; with the ":" behind it.
bool skip_source_route(cursor& at) {
  do
    if (!at.take('@') || !take_domain(at))
      return false;
  while (at.take(','));
  return at.take(':');
}

// The rest of Path = "<" [ A-d-l ":" ] Mailbox ">" behind its "<".
std::optional<address> take_path_rest(cursor& at) {
  if (at.peek() == '@' && !skip_source_route(at))
    return std::nullopt;
  auto mailbox = take_mailbox(at);
  if (!at.take('>'))
    return std::nullopt;
  return mailbox;
}

} // namespace

std::optional<address> take_mailbox(cursor& at) {
  auto local = take_local_part(at);
  if (!local || !at.take('@'))
    return std::nullopt;
  auto domain = at.peek() == '[' ? take_literal(at) : take_domain(at);
  if (!domain)
    return std::nullopt;
  return address{*std::move(local), *std::move(domain)};
}

std::optional<reverse_path> take_reverse_path(cursor& at) {
  if (!at.take('<'))
    return std::nullopt;
  if (at.take('>'))
    return reverse_path{};
  auto path = take_path_rest(at);
  if (!path)
    return std::nullopt;
  return reverse_path{std::move(path)};
}

std::optional<address> take_forward_path(cursor& at) {
  if (!at.take('<'))
    return std::nullopt;
  constexpr std::string_view postmaster = "postmaster";
  if (starts_with_ignoring_case(at.rest(), "postmaster>")) {
    const auto spelling = at.rest().substr(0, postmaster.size());
    at.take_ignoring_case("postmaster>");
    return address{std::string{spelling}, {}};
  }
  return take_path_rest(at);
}

} // namespace stellwerk::smtp

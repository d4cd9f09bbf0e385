#include "protocol/accounts/sender_pattern.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/domain_name.hpp"
#include "protocol/smtp/characters.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7F;
}

// Quoted-string = DQUOTE *(qtext / "\" octet) DQUOTE; what is no quoted string stays as it is.
std::optional<std::string> unquote(std::string_view local) {
  if (!local.starts_with('"'))
    return std::string{local};
  if (local.size() < 2 || local.back() != '"')
    return std::nullopt;
  std::string result;
  const auto inner = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '"' || (inner[i] == '\\' && ++i == inner.size()))
      return std::nullopt;
    result += inner[i];
  }
  return result;
}

/// What a quoted local part hides, `<` and `,` and the like, careless readers take for an
/// address of its own.
bool needs_no_quotes(std::string_view local) {
  return std::all_of(local.begin(), local.end(),
                     [](char c) { return c == '.' || smtp::is_atext(c); });
}

} // namespace

std::optional<address_parts> split_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos)
    return std::nullopt;
  for (const char c : address)
    if (is_control(c))
      return std::nullopt;
  const auto local = unquote(address.substr(0, at));
  auto domain = domain_key(address.substr(at + 1));
  if (!local || local->empty() || !domain)
    return std::nullopt;
  return address_parts{to_lower(*local), std::move(*domain)};
}

bool is_own_address(const address_parts& owned, const address_parts& sender) {
  if (owned.domain != sender.domain || !sender.local.starts_with(owned.local))
    return false;
  const auto behind = std::string_view{sender.local}.substr(owned.local.size());
  return behind.empty() || (behind.front() == '+' && needs_no_quotes(behind));
}

bool sender_pattern::matches(const address_parts& sender) const {
  switch (kind) {
    case form::address:
      return is_own_address(address, sender);
    case form::domain:
      return address.domain == sender.domain && needs_no_quotes(sender.local);
    case form::any:
      return true;
  }
  return false;
}

std::optional<sender_pattern> parse_sender_pattern(std::string_view text) {
  using form = sender_pattern::form;
  if (text == "*")
    return sender_pattern{form::any, {}};
  if (text.starts_with('@')) {
    auto domain = domain_key(text.substr(1));
    if (!domain)
      return std::nullopt;
    return sender_pattern{form::domain, {{}, std::move(*domain)}};
  }
  auto address = split_address(text);
  if (!address)
    return std::nullopt;
  return sender_pattern{form::address, std::move(*address)};
}

} // namespace stellwerk

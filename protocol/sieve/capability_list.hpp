#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::sieve {

/// One line: `"SIEVE" "fileinto vacation"`; many have no value.
struct capability {
  std::string name;
  std::optional<std::string> value{};
  bool operator==(const capability&) const = default;
};

/// Reads a whole frame, its literals in it. Nothing if it is no capability.
// capability = string [SP string]
[[nodiscard]] std::optional<capability> parse_capability(std::string_view frame);

/// Capabilities (RFC 5804 section 1.7) in the order they were told, each once, compared without
/// case. At most 64 are kept.
class capability_list {
public:
  void add(capability one);

  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// The value; empty if there is none, or no such capability.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  /// Is `word` among the blank-separated words of the value?
  [[nodiscard]] bool contains(std::string_view name, std::string_view word) const;

  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] const std::vector<capability>& all() const { return all_; }
  /// As a server writes them, a line each.
  [[nodiscard]] std::string text() const;

  bool operator==(const capability_list&) const = default;

private:
  [[nodiscard]] const capability* find(std::string_view name) const;

  std::vector<capability> all_;
};

/// What works on both: of SIEVE, NOTIFY, EXTLISTS and SASL the words that both have, the
/// smaller MAXREDIRECTS, VERSION if it is the same. The others belong to a connection, or lead
/// around the proxy (STARTTLS, OWNER, UNAUTHENTICATE), or are nobody's standard.
[[nodiscard]] capability_list common_to(const capability_list& a, const capability_list& b);

/// How far a client is from credentials.
enum class client_channel {
  clear_with_starttls, ///< STARTTLS and no mechanism.
  clear,               ///< No mechanism.
  tls,                 ///< PLAIN and LOGIN.
};

/// What we announce before login: of SASL the mechanisms for passwords, and those for tokens
/// that both backends have. While the backends' are unknown, `common` is empty.
[[nodiscard]] capability_list announced_before_login(const capability_list& common,
                                                     client_channel channel);

} // namespace stellwerk::sieve

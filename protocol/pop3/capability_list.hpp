#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::pop3 {

/// Capabilities (RFC 2449), one a line, with their arguments: `SASL PLAIN LOGIN`. Names are
/// compared without case, each is kept once. At most 64 lines of at most 512 octets are kept.
class capability_list {
public:
  capability_list() = default;
  explicit capability_list(const std::vector<std::string>& lines);

  void add(std::string_view line);

  [[nodiscard]] bool contains(std::string_view name) const;
  /// Does the capability's line have this argument?
  [[nodiscard]] bool contains(std::string_view name, std::string_view argument) const;

  /// What follows the name in its line.
  [[nodiscard]] std::string arguments(std::string_view name) const;

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

  bool operator==(const capability_list&) const = default;

private:
  [[nodiscard]] const std::string* find(std::string_view name) const;

  std::vector<std::string> lines_;
};

/// What both have with the same arguments, in the order of `a`; of SASL the mechanisms that
/// both have.
[[nodiscard]] capability_list common_to(const capability_list& a, const capability_list& b);

/// How far a client is from credentials.
enum class client_channel {
  clear_with_stls, ///< STLS.
  clear,           ///< Nothing to log in with.
  tls,             ///< USER and SASL.
};

/// What we announce before login: what we do ourselves (RESP-CODES, AUTH-RESP-CODE, mechanisms
/// for passwords) and what is `common` to both backends, mechanisms for tokens included. Left
/// out of `common`: what belongs to the connection
/// or would be asked of us before login (USER, STLS, UTF8, LANG), IMPLEMENTATION, and
/// private extensions. While the backends' are unknown, `common` is empty.
[[nodiscard]] capability_list announced_before_login(const capability_list& common,
                                                     client_channel channel);

} // namespace stellwerk::pop3

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::imap {

/// Capability names (RFC 3501 section 7.2.1) in the order they were told, each once, compared
/// without case. At most 256 names are kept.
class capability_list {
public:
  capability_list() = default;

  /// Names between blanks, as behind `CAPABILITY`.
  [[nodiscard]] static capability_list parse(std::string_view names);

  [[nodiscard]] bool contains(std::string_view name) const;
  void add(std::string_view name);
  void remove(std::string_view name);

  [[nodiscard]] bool empty() const { return names_.empty(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// The names with a blank between them.
  [[nodiscard]] std::string text() const;

  bool operator==(const capability_list&) const = default;

private:
  std::vector<std::string> names_;
};

/// What both have, in the order of `a`. Where one has LITERAL+ and the other only LITERAL-,
/// both have LITERAL- (RFC 7888 section 6).
[[nodiscard]] capability_list common_to(const capability_list& a, const capability_list& b);

/// How far a client is from credentials.
enum class client_channel {
  clear_with_starttls, ///< STARTTLS and LOGINDISABLED.
  clear,               ///< LOGINDISABLED.
  tls,                 ///< AUTH=PLAIN and AUTH=LOGIN; for tokens what both backends have.
};

/// What we announce before login: what we do ourselves (IMAP4rev1, ID, SASL-IR, mechanisms)
/// and what is `common` to both backends. Left out of `common`: what belongs to the connection
/// or would lead around the proxy (other AUTH=, STARTTLS, LOGINDISABLED, UNAUTHENTICATE,
/// referrals). While the backends' are unknown, `common` is empty.
[[nodiscard]] capability_list announced_before_login(const capability_list& common,
                                                     client_channel channel);

/// What a client may hear of the backend's own capabilities after login: the same left out.
[[nodiscard]] capability_list passed_after_login(const capability_list& of_backend);

} // namespace stellwerk::imap

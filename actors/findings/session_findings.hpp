#pragma once

#include "actors/session.hpp"
#include "protocol/accounts/finding.hpp"

#include <string>
#include <string_view>

// What sessions tell the keeper of findings; nothing where there is none.
namespace stellwerk {

/// Who a finding is about, as far as that is known.
struct finding_subject {
  std::string domain{};  ///< `domain_key`
  std::string login{};   ///< As presented.
  std::string address{}; ///< A sender or a recipient.
  std::string software{};
  bool accepted = false; ///< A backend has taken the login.
};

/// Adds what the session knows of its client: its address, TLS, listener.
void note_finding(session& owner, finding_kind kind, finding_subject who);

/// A login that a backend has accepted: by what ways that will end it has come.
void note_ways(session& owner, const finding_subject& who);

/// What a client has tried before TLS stood, each found once in its session.
class clear_attempts {
public:
  /// To log in; `login` as far as it has said, perhaps empty.
  void note_login(session& owner, std::string_view login, std::string software);
  /// To hand in mail of another server, which was refused for it.
  void note_mail(session& owner, std::string software);

private:
  bool is_login_noted_ = false;
  bool is_mail_noted_ = false;
};

/// User-Agent or X-Mailer of a header; `otherwise` if it has neither.
[[nodiscard]] std::string mailer_of(std::string_view header, std::string_view otherwise);

} // namespace stellwerk

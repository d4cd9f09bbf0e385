#include "actors/findings/session_findings.hpp"

#include "actors/findings/finding_keeper.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/smtp/header_field.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

bool came_by_legacy_name(const SSL* tls) {
  const auto& chosen = tls::handshake_of(tls).choice.chosen;
  return chosen && chosen->legacy;
}

} // namespace

void note_finding(session& owner, finding_kind kind, finding_subject who) {
  const auto& keeper = owner.surroundings().findings;
  if (!keeper)
    return;
  finding what{.kind = kind,
               .domain = std::move(who.domain),
               .login = std::move(who.login),
               .address = std::move(who.address),
               .client = owner.client_end().address(),
               .software = std::move(who.software),
               .listener = owner.listener_name(),
               .accepted = who.accepted};
  if (const auto* tls = owner.client().stream().tls()) {
    what.tls = tls::version_of(tls);
    what.name = tls::handshake_of(tls).asked;
  }
  keeper->note(std::move(what));
}

void note_ways(session& owner, const finding_subject& who) {
  const auto& keeper = owner.surroundings().findings;
  if (!keeper)
    return;
  keeper->note_observed(who.domain);
  const auto& listener = owner.listener();
  if (listener.protocol == mail_protocol::smtp)
    note_finding(owner, finding_kind::submission_on_25, who);
  if (listener.protocol == mail_protocol::pop3)
    note_finding(owner, finding_kind::pop3_used, who);
  // On port 25 that is said already; ManageSieve knows no other way.
  if (listener.tls == listener_tls::starttls && listener.protocol != mail_protocol::smtp
      && listener.protocol != mail_protocol::sieve)
    note_finding(owner, finding_kind::starttls_used, who);
  const auto* tls = owner.client().stream().tls();
  if (tls == nullptr)
    return;
  if (SSL_version(tls) < TLS1_3_VERSION)
    note_finding(owner, finding_kind::old_tls, who);
  if (came_by_legacy_name(tls))
    note_finding(owner, finding_kind::legacy_name, who);
}

void clear_attempts::note_login(session& owner, std::string_view login, std::string software) {
  if (std::exchange(is_login_noted_, true))
    return;
  finding_subject who{.login = std::string{login}, .software = std::move(software)};
  if (!login.empty())
    who.domain = owner.rules().judge_login(login).judged.domain;
  note_finding(owner, finding_kind::plaintext_attempt, std::move(who));
}

void clear_attempts::note_mail(session& owner, std::string software) {
  if (!std::exchange(is_mail_noted_, true))
    note_finding(owner, finding_kind::plaintext_delivery, {.software = std::move(software)});
}

std::string mailer_of(std::string_view header, std::string_view otherwise) {
  while (const auto field = smtp::take_field(header))
    if (equals_ignoring_case(field->name, "User-Agent")
        || equals_ignoring_case(field->name, "X-Mailer")) {
      std::string said{field->body};
      std::erase_if(said, [](char c) { return c == '\r' || c == '\n'; }); // Of folds.
      said.erase(0, std::min(said.size(), said.find_first_not_of(" \t")));
      return said;
    }
  return std::string{otherwise};
}

} // namespace stellwerk

#pragma once

#include "actors/session.hpp"
#include "actors/smtp_backend.hpp"
#include "config/route_decision.hpp"
#include "protocol/accounts/login_rule.hpp"
#include "protocol/smtp/command.hpp"
#include "protocol/smtp/content_reader.hpp"
#include "protocol/smtp/dot_stuffer.hpp"
#include "protocol/smtp/header_collector.hpp"
#include "protocol/smtp/received.hpp"
#include "protocol/smtp/reply.hpp"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stellwerk {

/// The backends that one SMTP client's mail may go to, kept over its transactions.
struct smtp_backends {
  /// With the client's own login; null before AUTH, and on port 25 always.
  smtp_backend* own = nullptr;
  /// Without a login, on the smtp service of a side.
  std::array<std::unique_ptr<smtp_backend>, 2> delivery;
};

/// What the client is, for the trace and for XCLIENT.
struct smtp_client {
  std::string helo;
  bool esmtp = true;
  bool tls = false;
  /// As presented, once the client has authenticated; empty before.
  std::string login{};
};

/// One transaction, from an accepted MAIL to the reply to its content: picks the backend by the
/// recipients, keeps the epoch rules, lets the content through.
class smtp_transaction {
public:
  smtp_transaction(session& owner, smtp_backends& backends, smtp_client client,
                   smtp::mail_command mail)
      : owner_{owner}, backends_{backends}, client_{std::move(client)}, mail_{std::move(mail)} {
  }

  /// The reply to a RCPT: the backend's own to MAIL and RCPT, or why it was not asked.
  io::task<smtp::reply> rcpt(const smtp::rcpt_command& command);

  /// The reply to DATA: 354, or 451 if a recipient's route has changed.
  io::task<smtp::reply> data();

  /// Reads the content from the client, judges its header, sends it on; the reply to the final
  /// dot. Nothing of a refused header has reached the backend's DATA.
  io::task<smtp::reply> content();

private:
  struct recipient {
    std::string address;
    side where;
    ticket counted;
  };
  /// Where one recipient goes, or the reply that says why nowhere.
  struct destination {
    side where = side::on_old;
    bool by_own = false; ///< Over the client's own login.
    std::string domain{};
    std::optional<smtp::reply> refusal{};
    bool is_straggler = false; ///< Refused because the message has another route already.
    bool awaits_gate = false;  ///< Refused until `no_relay` has passed.
  };

  [[nodiscard]] destination decide(const std::string& address) const;
  [[nodiscard]] destination decide_submission(const std::string& address) const;
  io::task<std::optional<smtp::reply>> prepare_backend(const destination& to);
  io::task<smtp::reply> ask_backend(const destination& to, const smtp::rcpt_command& command);
  [[nodiscard]] bool routes_still_hold() const;
  [[nodiscard]] smtp_backend* at(const destination& to) const;
  [[nodiscard]] std::unique_ptr<smtp_backend>& delivery_slot(const destination& to) const;
  io::task<std::optional<smtp::reply>> open_delivery(const destination& to);
  [[nodiscard]] smtp_backend* chosen_backend() const;

  struct passage; // The content's way through.
  io::task<void> pass_piece(passage& way);
  io::task<void> begin_passage(passage& way);
  [[nodiscard]] smtp::trace make_trace() const;

  session& owner_;
  smtp_backends& backends_;
  smtp_client client_;
  smtp::mail_command mail_;
  std::vector<recipient> recipients_;
  std::optional<destination> chosen_; ///< By the first accepted recipient.
  std::set<const smtp_backend*> mail_given_to_;
};

} // namespace stellwerk

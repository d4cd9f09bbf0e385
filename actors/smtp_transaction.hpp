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
  /// Without a login, on the smtp service of each backend.
  std::array<std::unique_ptr<smtp_backend>, backend_id::count> delivery;
  /// A second connection to `queue`, for what another backend may fail to take.
  std::unique_ptr<smtp_backend> spare{};
};

/// What the client is, for the trace and for XCLIENT.
struct smtp_client {
  std::string helo;
  bool esmtp = true;
  bool tls = false;
  /// As presented, once the client has authenticated; empty before.
  std::string login{};
  /// What SIZE has promised it, in octets; 0: no limit.
  std::uint64_t size_limit = 0;
};

/// One transaction, from an accepted MAIL to the reply to its content: picks the backends by
/// the recipients, keeps the epoch rules, lets the content through.
///
/// The recipients of a delivery share one backend, unless there is a `queue`: then each is
/// heard by its own, the backend of the first has to take the message, and for what the others
/// fail to take for now the queue stands by. Recipients that are held go to the queue too if
/// `delivery_while_moving` says so.
///
/// What a login hands in goes by its own server, and may go by `queue` too: to recipients whose
/// domain is on the other side. The own server is heard first, and unless it takes the message
/// the queue doesn't get it.
class smtp_transaction {
public:
  smtp_transaction(session& owner, smtp_backends& backends, smtp_client client,
                   smtp::mail_command mail);
  smtp_transaction(const smtp_transaction&) = delete;
  smtp_transaction& operator=(const smtp_transaction&) = delete;
  /// Content that did not end is thrown away by the backends too.
  ~smtp_transaction();

  /// The reply to a RCPT: the backend's own to MAIL and RCPT, or why it was not asked.
  io::task<smtp::reply> rcpt(const smtp::rcpt_command& command);

  /// The reply to DATA: 354, or 451 if a recipient's route has changed. Asked before the first
  /// chunk too.
  io::task<smtp::reply> data();

  /// Reads the content from the client, judges its header, sends it on; the reply to the final
  /// dot. Nothing of a refused header has reached the backend's DATA.
  io::task<smtp::reply> content();

  /// Octets of a chunk, as they come.
  io::task<void> chunk_octets(std::string_view octets);
  /// The reply to a chunk whose octets have all come. If it was the last one or is refused, the
  /// transaction is over.
  io::task<smtp::reply> chunk_end(bool is_last);

private:
  /// Where one recipient goes, or the reply that says why nowhere.
  struct destination {
    backend_id where = side::on_old;
    bool by_own = false; ///< Over the client's own login.
    std::string domain{};
    std::optional<smtp::reply> refusal{};
    bool is_held = false;  ///< Refused, or queued, because the mailbox is being moved.
    bool is_early = false; ///< Its domain is only on the way there.
    bool is_spare = false; ///< By the second connection to the queue.
    /// Another backend has to take the message first: the queue stands by.
    bool needs_spare = false;
    bool is_straggler = false; ///< Refused because the message has another way already.
    bool awaits_gate = false;  ///< Refused until `no_relay` has passed.
    /// The recipients before it have to go to the queue first.
    bool displaces = false;

    [[nodiscard]] bool shares_way_with(const destination& other) const {
      return where == other.where && by_own == other.by_own && is_spare == other.is_spare;
    }
  };
  struct recipient {
    smtp::rcpt_command command;
    std::string address;
    destination to;
    ticket counted;
  };
  /// A backend that gets the content.
  struct receiver {
    smtp_backend* backend = nullptr;
    backend_id where = side::on_old;
    std::size_t recipients = 0;
    bool is_spare = false; ///< Gets the end of the content only where another has failed.
  };

  /// Of a recipient alone, whatever others the message has.
  [[nodiscard]] destination route(const std::string& address) const;
  [[nodiscard]] destination route_delivery(const std::string& address) const;
  [[nodiscard]] destination route_submission(const std::string& address) const;
  void hold(destination& to) const;
  /// Is there a queue that this transaction may use?
  [[nodiscard]] bool has_queue() const;
  [[nodiscard]] bool comes_from_queue() const;
  /// Beside the recipients before it.
  [[nodiscard]] destination decide(const std::string& address) const;
  [[nodiscard]] destination decide_delivery(destination to) const;
  /// To a recipient of one side in a message that has recipients of the other.
  [[nodiscard]] static smtp::reply separate_message();
  [[nodiscard]] static smtp::reply separate_transaction();
  [[nodiscard]] static smtp::reply being_moved();
  io::task<void> count(const ticket& counted, const std::string& address,
                       const destination& to);
  io::task<bool> move_to_queue();
  io::task<std::optional<smtp::reply>> prepare_backend(const destination& to);
  io::task<bool> prepare_spare();
  io::task<bool> tell_spare();
  io::task<smtp_backend::answer> give_mail(smtp_backend& backend);
  io::task<std::optional<smtp::reply>> ask_backend(const destination& to,
                                                   const smtp::rcpt_command& command);
  [[nodiscard]] smtp::reply weigh(const destination& to, const std::string& address,
                                  smtp::reply said) const;
  void note(const destination& to, traffic_kind what, bool went_well) const;
  [[nodiscard]] bool routes_still_hold() const;
  [[nodiscard]] smtp_backend* at(const destination& to) const;
  [[nodiscard]] std::unique_ptr<smtp_backend>& delivery_slot(const destination& to) const;
  io::task<std::optional<smtp::reply>> open_delivery(const destination& to);
  /// In the order in which they are asked for their yes.
  [[nodiscard]] std::vector<receiver> receivers() const;

  struct passage; // The content's way through.
  void begin(smtp::framing by);
  io::task<void> pass_piece(passage& way);
  [[nodiscard]] std::optional<smtp::reply> judge_senders(std::string_view fields) const;
  io::task<void> begin_passage(passage& way);
  io::task<smtp::reply> finish_passage(passage& way);
  io::task<smtp::reply> ask_receivers(passage& way);
  io::task<smtp::reply> ask_receiver(const receiver& one, std::string_view wire);
  void note_early(const receiver& by) const;
  [[nodiscard]] bool was_queued_before(const passage& way, const smtp::trace& trace) const;
  void log_outcome(const receiver& one, const smtp::reply& said) const;
  void abandon_content();
  [[nodiscard]] smtp::trace make_trace() const;

  session& owner_;
  smtp_backends& backends_;
  smtp_client client_;
  smtp::mail_command mail_;
  std::vector<recipient> recipients_;
  std::set<const smtp_backend*> mail_given_to_;
  std::unique_ptr<passage> way_;
};

} // namespace stellwerk

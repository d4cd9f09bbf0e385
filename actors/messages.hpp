#pragma once

#include "actors/backend_facts.hpp"
#include "actors/world.hpp"
#include "config/change.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Every message of the actors, grouped by the actor that takes it.
namespace stellwerk {

// --- to sessions ----------------------------------------------------------------------------

/// End at the next safe point; `cut_order` follows when the drain budget is over.
struct drain_order {
  std::string reason;    ///< For the client and the log; bland.
  bool is_final = false; ///< Holds wherever the session belongs by now: a kick.
};
/// End now, unless the final dot is out and its reply isn't in.
struct cut_order {};
/// To who is parked: the route does not hold its login any more, as of `epoch`. Decide anew
/// when `after` has passed; that is under whatever is in force then.
struct release_order {
  std::uint64_t epoch = 0;
  std::chrono::milliseconds after{};
};

// --- to the router --------------------------------------------------------------------------

/// What a new decision is made from.
struct standing {
  world_ptr now;
  backend_facts_ptr facts;
};

enum class presence_kind : std::uint8_t {
  access,     ///< A logged-in reader of a mailbox.
  submission, ///< A logged-in client that hands in mail.
  delivery,   ///< One recipient of a transaction.
};

/// Somebody who is, or is about to be, at a backend.
struct presence {
  presence_kind kind = presence_kind::access;
  mail_protocol protocol = mail_protocol::imap;
  std::string session{}; ///< Its id in the log.
  caf::actor who{};      ///< Gets `drain_order` and `cut_order`.
  std::string login{};   ///< As presented; for `delivery` the recipient's address.
  std::string domain{};  ///< `domain_key` it is counted under.
  /// For `delivery`: the login that handed the recipient in; empty on port 25.
  std::string handed_in_by{};
  side where = side::on_old;
  /// At no backend: waits until the route holds it no more. `where` says nothing then. Gets
  /// `release_order`.
  bool parked = false;
  std::string client{}; ///< Address and port.
  std::chrono::system_clock::time_point since{};
};

/// Counts `who` under `ticket`, then answers with what is in force: the count stands before the
/// epoch is compared. A ticket in use is moved.
struct enter {
  std::uint64_t ticket = 0;
  presence who;
};
struct leave {
  std::uint64_t ticket = 0;
};
struct get_standing {};

/// Sends `standing` to `listener` now and after each change.
struct subscribe {
  caf::actor listener;
};

/// A probe or a session has learned something of a backend.
struct learned_service {
  backend_id where = side::on_old;
  mail_protocol protocol = mail_protocol::imap;
  service_facts facts;
};
/// Of an epoch that is over it is void: the service may be another one now.
struct learned_relay {
  std::uint64_t epoch = 0;
  side where = side::on_old;
  relay_facts facts;
};

/// Mail for a domain that is on its way has been taken by the side it is going to
/// (`delivery_while_moving: target`), for so many recipients.
struct early_delivery {
  std::string domain; ///< `domain_key`.
  std::size_t recipients = 0;
};

struct reload_request {
  bool allow_removals = false;
  std::string requested_by;
};
struct reload_report {
  enum class outcome : std::uint8_t {
    done,
    problems,
    too_many_removals,
    state_unwritable, ///< A restart would not know the next epoch; `why` is the disk's word.
  } came = outcome::done;
  std::string why{};
  std::uint64_t epoch = 0; ///< In force.
  std::vector<phase_change> changed;
  std::size_t draining = 0; ///< Sessions that were told to end and are still there.
  diagnostics found;
  std::size_t accounts_removed = 0;
  std::size_t accounts_before = 0;
};

/// Leads one domain along one edge; its value in routes.yaml is changed too.
struct phase_request {
  enum class manner : std::uint8_t {
    by_hand, ///< Refused while a move holds the domain, or edits of the file are not loaded.
    begins_move, ///< The same, and the domain is held by a move from here on.
    of_move,     ///< Takes force even if no file can be written; other edits stay unloaded.
  };
  std::string domain; ///< `domain_key`
  phase to = phase::on_old;
  /// Refused if the domain is elsewhere.
  std::optional<phase> expected{};
  manner how = manner::by_hand;
  std::string requested_by{};
};
struct phase_report {
  enum class outcome : std::uint8_t {
    done,
    held,           ///< By a move.
    unlisted,       ///< And `default` is `refuse`.
    elsewhere,      ///< Not in the expected phase.
    no_edge,        ///< From where it is.
    unloaded_edits, ///< Of routes.yaml.
    unwritable,     ///< routes.yaml or the state; `why` is the disk's word.
  } came = outcome::done;
  std::string why{};
  /// It took force although a file does not say so yet.
  std::string file_problem{};
  std::uint64_t epoch = 0; ///< In force.
  phase from = phase::on_old;
  std::size_t draining = 0; ///< As in `reload_report`.
};

/// No move holds the domain any more.
struct move_ended {
  std::string domain;
};
/// How much mail of a domain has been delivered early since it began to move.
struct early_request {
  std::string domain;
};
/// How many sessions and deliveries of a domain are still where they must not be.
struct misplaced_request {
  std::string domain;
};

struct overview_request {};
struct domain_overview {
  std::string domain;
  phase now = phase::on_old;
  std::chrono::system_clock::time_point since{};
  std::size_t sessions_on_old = 0;
  std::size_t sessions_on_new = 0;
  std::size_t parked = 0;
  std::size_t deliveries = 0;
  /// Recipients whose mail was delivered at once to where the domain is going, since it last
  /// began to move: a cancel owes a sync of them back.
  std::size_t early_deliveries = 0;
};
struct overview {
  standing now;
  std::vector<domain_overview> domains;
  std::vector<presence> present;
  std::vector<std::string> warnings;
  std::size_t draining = 0; ///< Sessions, as in `reload_report`.
};

struct kick_request {
  std::string who; ///< A login or a domain.
  std::string requested_by;
};
/// How many sessions were told to end.
struct kick_report {
  std::size_t sessions = 0;
};

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::drain_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::cut_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::release_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::standing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::enter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::leave)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::get_standing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::learned_service)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::learned_relay)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::early_delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::reload_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::reload_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::phase_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::phase_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::move_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::misplaced_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::early_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::overview_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::overview)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::kick_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::kick_report)

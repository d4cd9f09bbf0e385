#pragma once

#include "protocol/cutover/switch_plan.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// What is said to and by a move of domains (`switch`, `reverse`).
namespace stellwerk {

/// What a gate measured.
struct gate_result {
  std::string name;
  bool ok = false;
  std::string value;    ///< In words.
  std::string limit;    ///< What it should be, in words.
  std::string waived{}; ///< The operator's reason; empty: none.
};

/// The operator's order. Domains are moved in this order, each with its own commit.
struct move_order {
  direction way = direction::forward;
  std::vector<std::string> domains; ///< `domain_key`
  hook_commands hooks;
  std::map<std::string, std::string> waived; ///< Gate to reason.
  std::string no_sync_reason;                ///< Of a reverse without a final sync.
  bool dry_run = false;
  std::string requested_by;
};

/// One thing to tell whoever waits for the end.
struct move_progress {
  std::string domain;
  std::string step; ///< As in the journal; `undo` on the way back.
  std::string text;
  std::size_t left = 0; ///< Of those the step waits for.
  /// Of budgets.freeze; 0 before and after.
  std::chrono::milliseconds budget_left{0};
};

/// How the move of one domain ended.
struct domain_result {
  enum class outcome : std::uint8_t {
    done,
    planned,   ///< A dry run whose gates all passed.
    refused,   ///< Nothing was touched.
    undone,    ///< Everything is as before.
    not_begun, ///< One before it failed.
  };
  std::string domain;
  outcome came = outcome::not_begun;
  phase now = phase::on_old;
  std::string reason{}; ///< Unless it happened.
  std::string advice{};
  std::vector<gate_result> gates{};
  std::vector<planned_step> plan{}; ///< Of a dry run.
  std::vector<std::string> warnings{};
};
[[nodiscard]] std::string_view text_of(domain_result::outcome value);

/// The end.
struct move_report {
  direction way = direction::forward;
  std::vector<domain_result> domains;
};

/// No report will come: the move has ended with the proxy, or by a fault of ours.
struct move_gone {};

/// To a running move: take this domain back, if it is not committed yet.
struct cancel_move {
  std::string domain;
  std::string requested_by;
};
/// Comes when the way back has been gone, the undo hook with it.
struct cancel_answer {
  bool is_taken_back = false; ///< False: the flip is behind it.
  phase now = phase::on_old;  ///< Which is in force.
  std::vector<std::string> warnings{};
};

/// What the way back owes: `count` recipients had their mail at the other side already. Empty
/// if it owes nothing.
[[nodiscard]] std::string owed_sync_text(std::size_t count, phase to);

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::move_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::move_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::move_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::cancel_move)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::cancel_answer)

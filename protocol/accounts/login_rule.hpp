#pragma once

#include "protocol/accounts/account_table.hpp"
#include "protocol/accounts/policy_mode.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stellwerk {

/// What is to be recorded about a login.
enum class login_finding : std::uint8_t {
  none,
  wrong_case,    ///< Known but for the case of ASCII letters.
  unknown_login, ///< Not in the table, though its domain has accounts (or it names no domain).
};
[[nodiscard]] std::string_view text_of(login_finding finding);

/// What becomes of a presented login.
struct login_judgement {
  /// False: the client must not be able to tell it from a wrong password, in words or in time.
  bool allowed = true;
  /// Null: the table does not know who this is. Lives as long as the table.
  const account* who = nullptr;
  /// `domain_key` of the domain that decides the route; empty: none, `default` decides.
  std::string domain;
  /// As the client wrote it.
  std::string presented;
  login_finding finding = login_finding::none;
  /// `login_case` is off: the backend hears what the client wrote and judges it alone.
  bool as_typed = false;

  /// The spelling to use toward a backend.
  [[nodiscard]] const std::string& login_at(side where) const {
    return who != nullptr && !as_typed ? who->login_at(where) : presented;
  }
};

/// Applies `login_case` (SPEC "Who may do what").
///
/// An exact match is the account. A login that differs only by case is the account too, unless
/// `enforce` refuses it; if it fits several accounts and none exactly, it is nobody: left to
/// the backend as typed and recorded. A login of a domain that has accounts, but unknown, is
/// refused under `enforce`, else left to the backend. A domain without accounts cannot be
/// judged. A bare unknown login is left to the backend under every mode, and recorded where
/// there is a table. `off` records nothing and does as
/// `observe`, but a backend hears the login as it was typed.
///
/// `login_case` is asked with the `domain_key` that the judgement will name, once; empty: none.
[[nodiscard]] login_judgement
judge_login(const account_table& accounts,
            const std::function<policy_mode(std::string_view)>& login_case,
            std::string_view presented);

} // namespace stellwerk

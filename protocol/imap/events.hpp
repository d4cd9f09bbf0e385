#pragma once

#include "protocol/base/dialogue.hpp"
#include "protocol/imap/capability_list.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>

/// What the two dialogues ask of their session.
namespace stellwerk::imap {

using dialogue::close;
using dialogue::need_more;
using dialogue::say;
using dialogue::start_tls;

/// The client wants to log in; answer with `login_accepted` or `login_refused`.
struct login {
  sasl::credentials credentials;
};

/// A backend's yes to a login, ready to be passed on.
struct acceptance {
  /// Whole untagged lines that came before the tagged OK, in their order; may be empty.
  std::string untagged;
  /// What follows the tag, from `OK` on, without CRLF; `OK [CAPABILITY ...] Logged in`.
  std::string status;
  /// The capabilities told in either; empty if the backend would not tell.
  capability_list capabilities;
};

} // namespace stellwerk::imap

#pragma once

#include "protocol/base/dialogue.hpp"
#include "protocol/sasl/credentials.hpp"

#include <string>

/// What the two dialogues ask of their session.
namespace stellwerk::sieve {

using dialogue::close;
using dialogue::need_more;
using dialogue::say;
using dialogue::start_tls;

/// The client wants to log in; answer with `login_accepted` or `login_refused`.
struct login {
  sasl::credentials credentials;
};

} // namespace stellwerk::sieve

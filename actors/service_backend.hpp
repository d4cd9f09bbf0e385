#pragma once

#include "actors/environment.hpp"
#include "actors/io/coroutine_actor.hpp"
#include "actors/login_backend.hpp"

#include <memory>

namespace stellwerk {

/// A connection to that service of a backend that is ours, not a client's: for probes and
/// gates. Not opened yet.
[[nodiscard]] std::unique_ptr<login_backend>
make_backend_for(mail_protocol protocol, io::coroutine_actor& owner,
                 const environment_ptr& surroundings);

} // namespace stellwerk

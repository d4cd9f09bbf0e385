#pragma once

#include "actors/session.hpp"
#include "protocol/accounts/login_rule.hpp"
#include "protocol/base/secret.hpp"

namespace stellwerk {

/// The old server has accepted this login's own password: kept for the new one, if that is on.
void provision(const session& owner, const login_judgement& judged, const secret& password);

} // namespace stellwerk

#include "protocol/sasl/mechanism_set.hpp"

namespace stellwerk::sasl {

void mechanism_set::add(std::string_view name) {
  if (const auto mech = find_mechanism(name))
    bits_ |= bit(*mech);
}

std::optional<mechanism> mechanism_for(const credentials& login, const mechanism_set& offered) {
  const bool as_another = !login.authzid.empty() && login.authzid != login.authcid;
  const auto fits = [&](mechanism mech) { return offered.contains(mech); };
  if (has_token(login.mech))
    return fits(login.mech) && !as_another ? std::optional{login.mech} : std::nullopt;
  if (fits(mechanism::plain))
    return mechanism::plain;
  if (fits(mechanism::login) && !as_another)
    return mechanism::login;
  return std::nullopt;
}

} // namespace stellwerk::sasl

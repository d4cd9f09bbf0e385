#include "actors/provisioning/provision.hpp"

#include "actors/provisioning/password_keeper.hpp"

namespace stellwerk {

void provision(const session& owner, const login_judgement& judged, const secret& password) {
  const auto& keeper = owner.surroundings().passwords;
  if (!keeper)
    return;
  // One line for an account, however it was typed.
  const auto& name
      = judged.who != nullptr ? judged.who->login_at(side::on_new) : judged.presented;
  keeper->keep(name, password, owner.now_in_force().settings().provisioning.scheme);
}

} // namespace stellwerk

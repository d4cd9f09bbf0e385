#include "config/master_login.hpp"

#include "protocol/base/ascii.hpp"

namespace stellwerk {

std::optional<master_login> master_of(const backend_settings& backend) {
  if (backend.login != backend_login::master)
    return std::nullopt;
  master_login master{.name = backend.master_name, .form = backend.master_form};
  master.verify_on
      = backend.master_verify_on == text_of(side::on_new) ? side::on_new : side::on_old;
  master.until = backend.master_until;
  return master;
}

bool names_a_master(const backends_settings& backends, std::string_view login) {
  for (const auto* backend : {&backends.on_old, &backends.on_new})
    if (const auto master = master_of(*backend))
      if (login.find(master_separator) != std::string_view::npos
          || equals_ignoring_case(login, master->name))
        return true;
  return false;
}

} // namespace stellwerk

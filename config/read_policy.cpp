#include "config/read_value.hpp"
#include "config/sections.hpp"

namespace stellwerk {
namespace {

constexpr choices<policy_mode, 4> modes{{{"off", policy_mode::off},
                                         {"observe", policy_mode::observe},
                                         {"warn", policy_mode::warn},
                                         {"enforce", policy_mode::enforce}}};
constexpr choices<policy_mode, 3> modes_without_off{{{"observe", policy_mode::observe},
                                                     {"warn", policy_mode::warn},
                                                     {"enforce", policy_mode::enforce}}};
constexpr choices<while_moving, 3> moving_words{{{"defer", while_moving::defer},
                                                 {"queue", while_moving::queue},
                                                 {"target", while_moving::target}}};

} // namespace

void read_policy(const yaml_value& value, policy_settings& into) {
  yaml_mapping map{value};
  read(map.take("login_case"), into.login_case, modes);
  if (const auto binding = map.take("sender_binding")) {
    yaml_mapping halves{*binding};
    read(halves.take("envelope"), into.sender_envelope, modes);
    read(halves.take("header"), into.sender_header, modes);
  }
  read(map.take("delivery_tls"), into.delivery_tls, modes_without_off);
  read(map.take("delivery_while_moving"), into.delivery_while_moving, moving_words);
}

} // namespace stellwerk

#include "actors/world.hpp"

#include "actors/cutover/hook_command.hpp"
#include "actors/provisioning/passwd_file_rule.hpp"
#include "config/load_configuration.hpp"

namespace stellwerk {

const std::optional<backend_service>& world::service(backend_id which,
                                                     mail_protocol protocol) const {
  static const std::optional<backend_service> none;
  if (which.is_queue())
    return protocol == mail_protocol::smtp ? settings().backends.queue_smtp : none;
  return backend(which.as_side()).service(protocol);
}

load_outcome load_world(const std::filesystem::path& stellwerk_yaml, loading how,
                        const snapshot* in_force) {
  auto [loaded, found] = load_snapshot(stellwerk_yaml, in_force);
  load_outcome outcome{nullptr, std::move(found)};
  const auto name = stellwerk_yaml.string();
  const auto now = std::chrono::system_clock::now();
  auto made = std::make_shared<world>();
  if (loaded) {
    made->current = std::move(*loaded);
    made->tls = tls::load_material(made->settings(), name, now, outcome.found);
    made->masters = load_master_keys(made->settings(), outcome.found);
    judge_passwd_file(made->settings(), outcome.found);
    judge_user(made->settings(), how, outcome.found);
    judge_hooks(made->settings(), outcome.found);
  } else {
    // What the rest of a file with problems names is opened too: all problems in one run.
    diagnostics said_before;
    if (const auto text = read_file(stellwerk_yaml, said_before))
      if (const auto settings = parse_configuration(*text, stellwerk_yaml, said_before)) {
        static_cast<void>(tls::load_material(*settings, name, now, outcome.found));
        static_cast<void>(load_master_keys(*settings, outcome.found));
        judge_passwd_file(*settings, outcome.found);
        judge_user(*settings, how, outcome.found);
        judge_hooks(*settings, outcome.found);
      }
  }
  sort_by_place(outcome.found);
  if (!has_problems(outcome.found))
    outcome.loaded = std::move(made);
  return outcome;
}

} // namespace stellwerk

#include "actors/log/death.hpp"

#include "actors/log/log.hpp"

namespace stellwerk::log {

void note_death(std::string_view actor, std::exception_ptr thrown) noexcept {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& fault) {
    write(event::actor_died, {{"actor", actor}, {"fault", fault.what()}});
  } catch (...) {
    write(event::actor_died, {{"actor", actor}, {"fault", "unknown"}});
  }
}

} // namespace stellwerk::log

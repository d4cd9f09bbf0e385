#include "actors/pump.hpp"

namespace stellwerk {

void pump::begin() {
  const auto ahead_of_backend = client_.inbox().rest();
  tracker_.on_client(ahead_of_backend);
  if (!tracker_.forbidden())
    backend_.stream().write(ahead_of_backend);
  client_.inbox().clear();
  const auto ahead_of_client = backend_.inbox().rest();
  tracker_.on_backend(ahead_of_client);
  client_.stream().write(ahead_of_client);
  backend_.inbox().clear();
}

bool pump::pass_to_client() {
  if (backend_ended_ || !client_.stream().flush())
    return false;
  const auto room = backend_.owner().home().scratch();
  std::size_t octets = 0;
  switch (backend_.stream().read(room, octets)) {
    case io::io_result::done: {
      const std::string_view arrived{room.data(), octets};
      tracker_.on_backend(arrived);
      client_.stream().write(arrived);
      to_client_ += octets;
      return true;
    }
    case io::io_result::would_block:
      return false;
    case io::io_result::end:
    case io::io_result::failed:
      backend_ended_ = true;
      break;
  }
  return false;
}

bool pump::pass_to_backend() {
  if (client_ended_ || tracker_.forbidden() || !backend_.stream().flush())
    return false;
  const auto room = client_.owner().home().scratch();
  std::size_t octets = 0;
  switch (client_.stream().read(room, octets)) {
    case io::io_result::done: {
      const std::string_view arrived{room.data(), octets};
      tracker_.on_client(arrived);
      if (tracker_.forbidden())
        return false;
      backend_.stream().write(arrived);
      to_backend_ += octets;
      return true;
    }
    case io::io_result::would_block:
      return false;
    case io::io_result::end:
    case io::io_result::failed:
      client_ended_ = true;
      break;
  }
  return false;
}

bool pump::turn() {
  const bool down = pass_to_client();
  const bool up = pass_to_backend();
  return down || up;
}

pump::end pump::ended() const {
  if (tracker_.forbidden())
    return end::forbidden;
  const bool client_lost = client_.stream().has_failed();
  if (client_lost || backend_.stream().has_failed()
      || (backend_ended_ && client_.stream().pending() == 0))
    return client_lost ? end::client_closed : end::backend_closed;
  if (client_ended_ && backend_.stream().pending() == 0)
    return end::client_closed;
  return end::none;
}

bool pump::at_safe_point() const {
  return tracker_.at_safe_point() && client_.stream().pending() == 0
         && backend_.stream().pending() == 0;
}

} // namespace stellwerk

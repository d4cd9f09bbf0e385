#pragma once

#include <string_view>

namespace stellwerk::io {

/// Tells systemd (sd_notify(3)): `READY=1`, `STOPPING=1`. Does nothing where no service manager
/// listens (NOTIFY_SOCKET is not set).
void notify_service_manager(std::string_view state);

} // namespace stellwerk::io

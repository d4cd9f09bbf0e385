#pragma once

#include "config/schema.hpp"
#include "config/yaml_value.hpp"

namespace stellwerk {

/// Reads what a backend's service says of TLS: `tls` and how the server proves who it is, what
/// it may be too old for, and who we are to it. Warns of what weakens it, each at its key.
void read_backend_tls(yaml_mapping& map, backend_service& service);

} // namespace stellwerk

#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <string>

namespace stellwerk {

/// To the supervisor: accept nothing new, end all sessions at safe points, then the process.
struct drain_request {
  std::string requested_by;
};
/// All sessions have ended.
struct drain_report {
  std::size_t sessions = 0; ///< That there were when it began.
};

} // namespace stellwerk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::drain_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stellwerk::drain_report)

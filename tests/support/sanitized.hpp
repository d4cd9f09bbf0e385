#pragma once

#include <cstdlib>

namespace stellwerk {

/// Is this a sanitizer's build? It is many times slower and bigger: claims about time and memory
/// then mean nothing.
inline bool is_sanitized() {
  const char* sanitizers = std::getenv("STELLWERK_SANITIZE"); // Set by tests/CMakeLists.txt.
  return sanitizers != nullptr && *sanitizers != '\0';
}

} // namespace stellwerk

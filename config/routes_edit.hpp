#pragma once

#include "config/routes.hpp"

#include <string>
#include <string_view>

namespace stellwerk {

/// routes.yaml with one domain in another phase.
struct routes_edit {
  std::string text;    ///< The whole file; empty if there is a problem.
  std::string problem; ///< Why it could not be changed; empty if it was.
};

/// Changes one value in its line, or adds a line for a domain that is not listed; comments, the
/// order and every other octet stay. `domain` is a `domain_key`. The result is read again and
/// compared: it differs in nothing but that domain's phase.
[[nodiscard]] routes_edit with_phase(const std::string& text, std::string_view domain,
                                     phase now);

} // namespace stellwerk

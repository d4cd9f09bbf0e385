#pragma once

#include "actors/backend_facts.hpp"

#include <set>
#include <string>
#include <vector>

namespace stellwerk {

/// The mechanisms, in capitals, by which a service of a backend lets clients log in; empty
/// while it has told none.
[[nodiscard]] std::set<std::string> mechanisms_of(const service_facts& facts);

/// A sentence for each protocol of `listened` where clients of `old` can log in by what they
/// will not have any more: mechanisms that the proxy cannot carry to another server (CRAM-MD5
/// and the like prove a password without telling it), and tokens that `new` does not take.
[[nodiscard]] std::vector<std::string>
mechanism_warnings(const backend_facts& facts, const std::set<mail_protocol>& listened);

} // namespace stellwerk

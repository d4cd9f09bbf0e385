#pragma once

#include "config/schema.hpp"
#include "protocol/base/secret.hpp"

#include <string>

// Salted hashes by the system's libcrypt (crypt(5)). Each call takes up to 100 ms of CPU and,
// for yescrypt, 16 MiB; what libcrypt leaves behind is overwritten. Any thread.
namespace stellwerk {

/// Under a new salt. Empty: libcrypt takes passwords of at most 511 octets, without NUL.
[[nodiscard]] std::string hash_password(crypt_scheme how, const secret& password);

/// Is that the hash of this password, by whatever method of libcrypt it was made?
[[nodiscard]] bool is_hash_of(const secret& password, const std::string& hash);

} // namespace stellwerk

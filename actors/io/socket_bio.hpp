#pragma once

#include <openssl/bio.h>

namespace stellwerk::io {

class socket;

/// What a socket's BIO is told per write: whether another record follows at once.
struct bio_link {
  socket* transport = nullptr;
  bool more_follows = false;
};

/// A BIO over a `socket` that knows its readiness. `link` outlives it. Throws std::bad_alloc.
[[nodiscard]] BIO* make_socket_bio(bio_link& link);

} // namespace stellwerk::io

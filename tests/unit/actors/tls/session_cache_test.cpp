#include "actors/tls/session_cache.hpp"

#include <doctest/doctest.h>

#include <ctime>

using namespace stellwerk::tls;

namespace {

/// A session as a server of that version gives it, `age` seconds ago.
ssl_session_ptr session_of(int version, long age = 0) {
  ssl_session_ptr made{SSL_SESSION_new()};
  SSL_SESSION_set_protocol_version(made.get(), version);
  SSL_SESSION_set_timeout(made.get(), 300);
  SSL_SESSION_set_time(made.get(), std::time(nullptr) - age);
  return made;
}

} // namespace

TEST_CASE("a session of TLS 1.3 is given out once, the newest first") {
  session_cache cache;
  CHECK_FALSE(cache.take());
  cache.keep(session_of(TLS1_3_VERSION, 20).get());
  cache.keep(session_of(TLS1_3_VERSION, 10).get());
  const auto newest = cache.take();
  const auto older = cache.take();
  REQUIRE((newest && older));
  CHECK(SSL_SESSION_get_time(newest.get()) > SSL_SESSION_get_time(older.get()));
  CHECK_FALSE(cache.take());
}

TEST_CASE("an older one stays, and what is given out is a copy") {
  session_cache cache;
  cache.keep(session_of(TLS1_2_VERSION).get());
  const auto one = cache.take();
  const auto other = cache.take();
  REQUIRE((one && other));
  CHECK(one != other);
}

TEST_CASE("what is too old is forgotten, and no more is kept than is of use") {
  session_cache cache;
  cache.keep(session_of(TLS1_2_VERSION, 300).get());
  CHECK_FALSE(cache.take());
  for (std::size_t i = 0; i < 2 * session_cache::most; ++i)
    cache.keep(session_of(TLS1_3_VERSION).get());
  for (std::size_t i = 0; i < session_cache::most; ++i)
    CHECK(cache.take());
  CHECK_FALSE(cache.take());
}

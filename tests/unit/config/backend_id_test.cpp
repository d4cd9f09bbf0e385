#include "config/backend_id.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("a backend is a side of the move or the queue, each its own") {
  const backend_id on_old = side::on_old;
  const backend_id on_new = side::on_new;
  CHECK(on_old != on_new);
  CHECK(on_new != backend_id::queue());
  CHECK(on_new == side::on_new);
  CHECK(on_new.as_side() == side::on_new);
  CHECK_FALSE(on_new.is_queue());
  CHECK(backend_id::queue().is_queue());
  CHECK(backend_id::queue().index() + 1 == backend_id::count);
  CHECK(text_of(on_old) == "old");
  CHECK(text_of(on_new) == "new");
  CHECK(text_of(backend_id::queue()) == "queue");
}

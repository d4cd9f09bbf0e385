#include "protocol/imap/literal.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::imap;

TEST_CASE("announcements of literals") {
  CHECK(announced_literal("a LOGIN {5}") == literal{5, true});
  CHECK(announced_literal("a LOGIN {5+}") == literal{5, false});
  CHECK(announced_literal("* 1 FETCH (BINARY[1] ~{0}") == literal{0, true});
  CHECK(announced_literal("{9223372036854775807}") == literal{9223372036854775807ULL, true});
}

TEST_CASE("what is none") {
  for (const auto* line : {"", "}", "{}", "{+}", "{5", "5}", "{5} ", "{-5}", "{5-}", "{ 5}",
                           "{5x}", "\"{5}\"", "{9223372036854775808}"})
    CHECK_FALSE(announced_literal(line));
}

TEST_CASE("numbers that no stream survives") {
  CHECK(announces_too_much("{9223372036854775808}"));
  CHECK(announces_too_much("00000000000000000000000000005+}"));
  CHECK_FALSE(announces_too_much("{9223372036854775807}"));
  CHECK_FALSE(announces_too_much("123}"));
  CHECK_FALSE(announces_too_much("a (b}"));
}

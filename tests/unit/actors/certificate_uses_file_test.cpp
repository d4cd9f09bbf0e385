#include "actors/certificate_uses_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("who came under which name survives a restart") {
  const test::temporary_folder folder;
  tls::certificate_ledger::records all;
  auto& one = all[{"mail.old.example", true}];
  one.advance(500000);
  one.handshakes[3] = 7;
  one.refused = 2;
  one.last_login = "anna@example.org";
  one.last_login_at = tls::time_point{std::chrono::seconds{1800000000}};
  all[{"mx.new.example", false}].advance(500001);
  CHECK(load_certificate_uses(folder.path()).empty());
  CHECK(save_certificate_uses(folder.path(), all) == "");
  CHECK(load_certificate_uses(folder.path()) == all);
}

TEST_CASE("a file of uses that is broken is as none") {
  const test::temporary_folder folder;
  for (const auto* text : {"", "{", "[]", R"({"names": 1})", R"({"names": [{"name": "a"}]})"}) {
    folder.write("certificate_uses.json", text);
    CHECK(load_certificate_uses(folder.path()).empty());
  }
}

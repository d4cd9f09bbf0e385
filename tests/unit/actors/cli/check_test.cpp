#include "actors/cli/check.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::cli;

TEST_CASE("check prints all that was found and what it means") {
  const diagnostics found{
      {"stellwerk.yaml", {14, 17}, "budgets.park", "2h is too long", severity::problem},
      {"stellwerk.yaml", {20, 3}, "certificates[0].chain", "has expired", severity::warning},
      {"routes.yaml", {2, 1}, "", "no mapping", severity::problem}};
  const auto text = check_text(found, "stellwerk.yaml");
  CHECK(text.find("stellwerk.yaml:14:17: budgets.park: 2h is too long\n") == 0);
  CHECK(text.find("routes.yaml:2:1: no mapping\n") != std::string::npos);
  CHECK(text.find("has expired") != std::string::npos);
  CHECK(text.ends_with("2 problems; nothing was started. Every key is explained in "
                       "config/README.md.\n"));
  CHECK(check_text({found[1]}, "a.yaml").ends_with("a.yaml: no problems, 1 warning\n"));
  CHECK(check_text({}, "a.yaml") == "a.yaml: no problems\n");

  const auto reply = check_reply(found);
  REQUIRE(reply["problems"].size() == 2);
  CHECK(reply["problems"][0].dump()
        == R"({"file":"stellwerk.yaml","line":14,"column":17,"key":"budgets.park",)"
           R"("message":"2h is too long"})");
  CHECK(reply["warnings"]
        == json::array({"stellwerk.yaml:20:3: certificates[0].chain: has expired"}));
}

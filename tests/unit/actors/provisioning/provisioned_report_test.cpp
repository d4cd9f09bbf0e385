#include "actors/provisioning/provisioned_report.hpp"

#include "actors/provisioning/password_keeper.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("a share is of the accounts that are not on new already") {
  const test::temporary_folder folder;
  const auto file = folder.write("passwd", "anna@a.example:{CRYPT}$6$a$b\nM@a.example:x\n");
  std::vector<account> rows{{"anna@a.example", "a.example", "", "", {}, {}},
                            {"max@a.example", "a.example", "m", "M@a.example", {}, {}},
                            {"pilot@a.example", "a.example", "", "", {}, side::on_new},
                            {"stays@a.example", "a.example", "", "", {}, side::on_old},
                            {"bert@b.example", "b.example", "", "", {}, {}}};
  const account_table accounts{std::move(rows)};
  CHECK_FALSE(report_provisioned(nullptr, accounts));
  const auto disk = std::make_shared<io::side_thread>();
  const auto keeper = std::make_shared<password_keeper>(file, disk);
  const auto report = report_provisioned(keeper.get(), accounts);
  REQUIRE(report);
  CHECK(report->warnings.empty());
  const auto a = report->of("a.example");
  CHECK(a.known == 2);
  CHECK(a.accounts == 3);
  CHECK(a.missing == std::vector<std::string>{"stays@a.example"});
  CHECK(a.reaches(66));
  CHECK_FALSE(a.reaches(67));
  CHECK_FALSE(report->of("b.example").reaches(1));
  CHECK(report->of("c.example").accounts == 0);
  CHECK_FALSE(report->of("c.example").reaches(1));
}

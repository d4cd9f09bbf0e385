#include "config/master_login.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

backend_settings with_master(std::string_view name, master_form form) {
  backend_settings backend;
  backend.login = backend_login::master;
  backend.master_name = name;
  backend.master_form = form;
  backend.master_verify_on = "old";
  return backend;
}

} // namespace

TEST_CASE("a master is known by its name and the form it is used in") {
  CHECK_FALSE(master_of(backend_settings{}));
  for (const auto form : {master_form::authzid, master_form::joined}) {
    const auto backend = with_master("carrier", form);
    const auto master = master_of(backend);
    REQUIRE(master);
    CHECK(master->name == "carrier");
    CHECK(master->form == form);
    CHECK(master->verify_on == side::on_old);
    CHECK_FALSE(master->has_ended(std::chrono::system_clock::now()));
  }
}

TEST_CASE("a master ends with the start of its day") {
  using namespace std::chrono_literals;
  const std::chrono::sys_days day{2027y / 1 / 31};
  auto backend = with_master("carrier", master_form::authzid);
  backend.master_until = day;
  const auto master = master_of(backend);
  CHECK_FALSE(master->has_ended(day - 1s));
  CHECK(master->has_ended(day));
}

TEST_CASE("no client may say that it is a master") {
  backends_settings backends;
  CHECK_FALSE(names_a_master(backends, "anna*carrier"));
  backends.on_new = with_master("carrier", master_form::joined);
  for (const auto* login : {"anna*carrier", "anna*", "*", "carrier", "CARRIER"})
    CHECK(names_a_master(backends, login));
  for (const auto* login : {"anna", "carrier@example.org", "anna@example.org"})
    CHECK_FALSE(names_a_master(backends, login));
}

#include "config/files_to_read.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace stellwerk;

namespace {

std::vector<std::string> keys_of(const std::vector<named_file>& files) {
  std::vector<std::string> keys;
  for (const auto& one : files)
    keys.push_back(one.key);
  return keys;
}

} // namespace

TEST_CASE("every file of a configuration is named once, with its key") {
  configuration settings;
  settings.file = "s.yaml";
  settings.routes = "routes.yaml";
  settings.accounts.csv = "accounts.csv";
  settings.accounts.sqlite = sqlite_accounts{"accounts.db"};
  settings.accounts.postgresql = postgresql_accounts{"dbname=mail", "postgresql.password"};
  settings.accounts.ldap = ldap_accounts{};
  settings.accounts.ldap->ca = "ldap.pem";
  settings.accounts.ldap->password_file = "ldap.password";
  settings.provisioning.file = "new-passwd";
  certificate_settings pair;
  pair.chain = "a.pem";
  pair.key = "a.key";
  pair.ocsp = "a.ocsp";
  pair.where = {5, 7};
  settings.certificates.push_back(pair);
  backend_service checked;
  checked.ca = "ca.pem";
  settings.backends.on_old.imap = checked;
  checked.certificate = key_pair_files{"us.pem", "us.key"};
  settings.backends.on_new.smtp = checked;
  checked.certificate.reset();
  settings.backends.on_new.master_password_file = "master";
  settings.backends.queue_smtp = checked;
  const auto files = files_to_read(settings);
  CHECK(keys_of(files)
        == std::vector<std::string>{
            "", "certificates[0].chain", "certificates[0].key", "certificates[0].ocsp",
            "backends.old.imap.ca", "backends.new.smtp.ca",
            "backends.new.smtp.certificate.chain", "backends.new.smtp.certificate.key",
            "backends.new.login.password_file", "backends.queue.smtp.ca", "routes",
            "accounts.csv", "accounts.sqlite", "accounts.postgresql.password_file",
            "accounts.ldap.ca", "accounts.ldap.password_file",
            "provisioning.file"});
  CHECK(files[0].path == "s.yaml");
  CHECK(files[2].path == "a.key");
  CHECK(files[2].where == position{5, 7});
}

TEST_CASE("what is not named is not read") {
  configuration settings;
  settings.file = "s.yaml";
  settings.routes = "routes.yaml";
  settings.backends.on_old.imap = backend_service{};
  CHECK(keys_of(files_to_read(settings)) == std::vector<std::string>{"", "routes"});
}

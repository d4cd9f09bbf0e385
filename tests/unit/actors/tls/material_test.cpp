#include "actors/tls/material.hpp"

#include "tests/support/ocsp_forge.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

struct fixture {
  test::temporary_folder folder;
  test::forged_certificate good = test::forge({.names = {"DNS:mail.old.example"}});
  configuration settings;
  diagnostics found;
  time_point now = std::chrono::system_clock::now();

  fixture() {
    certificate_settings pair;
    pair.chain = folder.write("chain.pem", good.chain_pem());
    pair.key = folder.write("key.pem", good.key_pem());
    pair.where = {12, 5};
    settings.certificates.push_back(pair);
  }
  material load() {
    found.clear();
    return load_material(settings, "stellwerk.yaml", now, found);
  }
  [[nodiscard]] std::string only() const {
    REQUIRE(found.size() == 1);
    return text_of(found.front());
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a good pair is served with what the configuration says of it") {
  settings.certificates[0].legacy = true;
  settings.certificates[0].until = std::chrono::floor<std::chrono::days>(now + 240h);
  const auto made = load();
  CHECK(found.empty());
  REQUIRE(made.certificates->list().size() == 1);
  const auto& one = *made.certificates->list()[0];
  CHECK(one.legacy);
  CHECK(one.names == std::vector<std::string>{"mail.old.example"});
  CHECK(one.ends() == one.not_after);
}

TEST_CASE_FIXTURE(fixture, "a broken pair is a problem at its place") {
  settings.certificates[0].key
      = folder.write("other.pem", test::forge({.names = {"DNS:x"}}).key_pem());
  load();
  CHECK(has_problems(found));
  CHECK(only()
        == "stellwerk.yaml:12:5: certificates[0].key: " + (folder.path() / "other.pem").string()
               + ": the key does not belong to the certificate");
  settings.certificates[0].key = folder.path() / "missing.pem";
  load();
  CHECK(only()
        == "stellwerk.yaml:12:5: certificates[0].key: "
               + (folder.path() / "missing.pem").string()
               + " cannot be read: No such file or directory");
}

TEST_CASE_FIXTURE(fixture, "a certificate that is over is a warning, not a problem") {
  now += 25h;
  load();
  CHECK_FALSE(has_problems(found));
  CHECK(only().find("mail.old.example has expired on ") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a listener's certificate must be somebody's") {
  listener_settings listener;
  listener.certificate = "mail.old.example";
  listener.where = {20, 5};
  settings.listeners.push_back(listener);
  load();
  CHECK(found.empty());
  settings.listeners[0].certificate = "nobody.example";
  load();
  CHECK(
      only().starts_with("stellwerk.yaml:20:5: listeners[0].certificate: no certificate has"));
}

TEST_CASE_FIXTURE(fixture, "backends get a context where they are reached by TLS") {
  backend_service service;
  service.address = {"old.internal", 993};
  service.ca = folder.write("ca.pem", good.chain_pem());
  service.where = {30, 5};
  settings.backends.on_old.imap = service;
  service.tls = backend_tls::none;
  settings.backends.on_old.smtp = service;
  service.tls = backend_tls::starttls;
  service.verify = peer_verification::none;
  service.tls_min = tls_version::tls_1_0;
  settings.backends.queue_smtp = service;
  const auto made = load();
  CHECK(found.empty());
  REQUIRE(made.backend("old", mail_protocol::imap));
  CHECK(made.backend("old", mail_protocol::imap)->options().host == "old.internal");
  CHECK_FALSE(made.backend("old", mail_protocol::smtp));
  CHECK_FALSE(made.backend("new", mail_protocol::imap));
  REQUIRE(made.backend("queue", mail_protocol::smtp));
  CHECK(made.backend("queue", mail_protocol::smtp)->options().min_version == TLS1_VERSION);

  settings.backends.on_old.imap->ca = folder.path() / "missing.pem";
  load();
  CHECK(only().starts_with("stellwerk.yaml:30:5: backends.old.imap.ca: "));
  settings.backends.on_old.imap->ca = folder.write("none.pem", "not PEM");
  load();
  CHECK(only().starts_with("stellwerk.yaml:30:5: backends.old.imap.ca: "));
}

TEST_CASE_FIXTURE(fixture, "a key that others can read or change is a warning") {
  const auto key = settings.certificates[0].key;
  const auto warnings_with = [&](unsigned mode) {
    std::filesystem::permissions(key, static_cast<std::filesystem::perms>(mode));
    load();
    CHECK_FALSE(has_problems(found));
    return found.size();
  };
  CHECK(warnings_with(0600) == 0);
  CHECK(warnings_with(0400) == 0);
  CHECK(warnings_with(0640) == 0); // Shared with a group, as Debian does.
  CHECK(warnings_with(0644) == 1);
  CHECK(only()
        == "stellwerk.yaml:12:5: certificates[0].key: warning: " + key.string()
               + " can be read by every user, set its mode to 0600");
  CHECK(warnings_with(0660) == 1);
  CHECK(only().find("can be changed by others") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "an OCSP response is stapled if it is good, else a warning") {
  const auto authority
      = test::forge({.common_name = "authority", .names = {}, .is_authority = true});
  const auto leaf = test::forge({.names = {"DNS:a"}, .issuer = &authority});
  auto& pair = settings.certificates[0];
  pair.chain = folder.write("chain.pem", leaf.chain_pem() + authority.chain_pem());
  pair.key = folder.write("key.pem", leaf.key_pem());
  pair.ocsp = folder.write("ocsp", test::forge_ocsp({.about = leaf, .issuer = authority}));
  CHECK(load().certificates->list()[0]->staple);
  CHECK(found.empty());
  folder.write("ocsp", "rubbish");
  CHECK_FALSE(load().certificates->list()[0]->staple);
  CHECK_FALSE(has_problems(found));
  CHECK(only()
        == "stellwerk.yaml:12:5: certificates[0].ocsp: warning: "
               + (folder.path() / "ocsp").string()
               + ": holds no OCSP response in DER; nothing is stapled");
  pair.ocsp = folder.path() / "missing";
  load();
  CHECK(only().find("cannot be read: No such file or directory; nothing is stapled")
        != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a backend's name, age and our certificate reach its context") {
  backend_service service;
  service.address = {"192.0.2.1", 993};
  service.name = "mail.old.example";
  service.verify = peer_verification::none;
  service.tls_min = tls_version::tls_1_0;
  service.where = {30, 5};
  service.certificate
      = key_pair_files{settings.certificates[0].chain, settings.certificates[0].key};
  settings.backends.on_old.imap = service;
  const auto made = load();
  CHECK(found.empty());
  const auto& options = made.backend("old", mail_protocol::imap)->options();
  CHECK(options.host == "mail.old.example");
  CHECK(options.min_version == TLS1_VERSION);
  CHECK(options.security_level == 0);

  settings.backends.on_old.imap->ciphers = "NOTHING-OF-THE-KIND";
  load();
  CHECK(only().starts_with("stellwerk.yaml:30:5: backends.old.imap.ciphers: "));
  settings.backends.on_old.imap->ciphers.clear();
  settings.backends.on_old.imap->certificate->key = folder.write("x", "no key");
  load();
  CHECK(only().starts_with("stellwerk.yaml:30:5: backends.old.imap.certificate.key: "));
}

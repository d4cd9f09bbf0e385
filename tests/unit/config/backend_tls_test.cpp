#include "config/backend_weakness.hpp"
#include "config/load_configuration.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

struct outcome {
  backend_service service;
  std::string problems;
  std::string warnings;
};

/// The old backend's imap service in line 2, with `keys` behind its address.
outcome read_with(const std::string& keys, const std::string& host = "old.internal") {
  diagnostics found;
  const auto parsed = parse_configuration(
      "backends:\n  old: { imap: { address: \"" + host + ":143\", " + keys
          + " } }\n  new: { imap: { address: \"new:143\" } }\n"
            "listeners: [{ protocol: imap, address: \"127.0.0.1:0\", tls: implicit }]\n"
            "certificates: [{ chain: c, key: k }]\n",
      "s.yaml", found);
  outcome came;
  came.service = parsed.value().backends.on_old.imap.value();
  for (const auto& one : found)
    if (one.key.starts_with("backends.old."))
      (one.weight == severity::problem ? came.problems : came.warnings)
          += one.key + ": " + one.what + '\n';
  return came;
}

} // namespace

TEST_CASE("a backend's TLS is strong unless told otherwise") {
  const auto came = read_with("tls: starttls");
  CHECK(came.problems.empty());
  CHECK(came.warnings.empty());
  CHECK(security_level_of(came.service) == 2);
  CHECK(weaknesses_of(came.service).empty());
}

TEST_CASE("tls_min below 1.2 says all that an old server needs, and is warned of") {
  for (const std::string version : {"1.0", "1.1"}) {
    const auto came = read_with("tls_min: \"" + version + '"');
    CHECK(came.problems.empty());
    CHECK(security_level_of(came.service) == 0);
    CHECK(came.warnings
          == "backends.old.imap.tls_min: weak: TLS " + version
                 + ", SHA-1 and short keys are taken from this server\n");
  }
  CHECK(read_with("tls_min: \"1.3\"").warnings.empty());
}

TEST_CASE("the security level is the key's or the cipher string's, never two") {
  CHECK(security_level_of(read_with("security_level: 1").service) == 1);
  CHECK(security_level_of(read_with("ciphers: \"HIGH:@SECLEVEL=0\"").service) == 0);
  CHECK(read_with("ciphers: \"HIGH:@SECLEVEL=0\"").warnings
        == "backends.old.imap.ciphers: weak: OpenSSL's security level is 0 for this server, "
           "which takes SHA-1 and short keys\n");
  CHECK(read_with("security_level: 0")
            .warnings.starts_with("backends.old.imap.security_level: weak: "));
  CHECK(read_with("ciphers: \"HIGH:!SHA1\"").warnings.empty());
  CHECK(read_with("ciphers: \"HIGH:@SECLEVEL=0\", security_level: 1").problems
        == "backends.old.imap.security_level: is 1, but `ciphers` says 0\n");
  CHECK(read_with("tls_min: \"1.0\", security_level: 1")
            .problems.starts_with(
                "backends.old.imap.security_level: must be 0 for `tls_min: \"1.0\"`"));
  CHECK(read_with("tls_min: \"1.1\", ciphers: \"ALL:@SECLEVEL=1\"")
            .problems.starts_with("backends.old.imap.ciphers: must be 0 "));
  CHECK(read_with("security_level: 3").problems
        == "backends.old.imap.security_level: 3 is outside 0 to 2\n");
}

TEST_CASE("verify none and clear text over a wire are weak") {
  CHECK(read_with("verify: none").warnings
        == "backends.old.imap.verify: weak: whoever answers is taken for this server\n");
  CHECK(read_with("tls: none").warnings
        == "backends.old.imap.tls: weak: passwords and mail go to this server in clear text\n");
  CHECK(read_with("tls: none", "127.0.0.1").warnings.empty());
  CHECK(read_with("verify: none", "127.0.0.1").warnings.size() > 0);
}

TEST_CASE("a name is a host's or an address, a certificate is a pair") {
  CHECK(read_with("name: Mail.Old.Example").service.name == "mail.old.example");
  CHECK(read_with("name: \"2001:db8::1\"").service.name == "2001:db8::1");
  CHECK(read_with("name: \"a b\"").problems
        == "backends.old.imap.name: \"a b\" is neither a host name nor an IP address\n");
  const auto came = read_with("certificate: { chain: us.pem, key: us.key }");
  REQUIRE(came.service.certificate);
  CHECK(came.service.certificate->key == "us.key");
  CHECK(read_with("certificate: { chain: us.pem }").problems
        == "backends.old.imap.certificate.key: is missing\n");
}

TEST_CASE("what weakens a backend is unknown on listeners and everywhere else") {
  const auto problems = [](const std::string& text) {
    diagnostics found;
    static_cast<void>(parse_configuration(text, "s.yaml", found));
    std::string all;
    for (const auto& one : found)
      if (one.weight == severity::problem)
        all += one.key + ": " + one.what + '\n';
    return all;
  };
  const std::string backends = "backends:\n  old: { imap: { address: \"old:143\" } }\n"
                               "  new: { imap: { address: \"new:143\" } }\n";
  for (const std::string key : {"tls_min: \"1.0\"", "ciphers: ALL", "security_level: 0",
                                "verify: none", "name: a.example"}) {
    CAPTURE(key);
    const auto word = key.substr(0, key.find(':'));
    const std::string listener = "{ protocol: imap, address: \"127.0.0.1:0\", tls: implicit";
    CHECK(problems(backends + "certificates: [{ chain: c, key: k }]\nlisteners: [" + listener
                   + ", " + key + " }]\n")
              .starts_with("listeners[0]." + word + ": unknown key"));
    CHECK(problems(backends + "certificates: [{ chain: c, key: k, " + key + " }]\nlisteners: ["
                   + listener + " }]\n")
              .starts_with("certificates[0]." + word + ": unknown key"));
    CHECK(problems(key + '\n' + backends + "certificates: [{ chain: c, key: k }]\nlisteners: ["
                   + listener + " }]\n")
              .starts_with(word + ": unknown key"));
  }
}

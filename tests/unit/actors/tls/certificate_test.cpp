#include "actors/tls/certificate.hpp"

#include "tests/support/certificate_forge.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

TEST_CASE("names come from the SAN in lower case, from the CN only without one") {
  const auto with_san = test::forge(
      {.common_name = "cn.example", .names = {"DNS:Mail.Example", "DNS:*.example", "IP:::1"}});
  CHECK(read_facts(with_san.leaf.get()).names
        == std::vector<std::string>{"mail.example", "*.example"});
  const auto without = test::forge({.common_name = "CN.example", .names = {}});
  CHECK(read_facts(without.leaf.get()).names == std::vector<std::string>{"cn.example"});
}

TEST_CASE("dates are read to the second") {
  const auto ends
      = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + 400 * 24h;
  const auto facts = read_facts(test::forge({.names = {"DNS:a"}, .ends = ends}).leaf.get());
  CHECK(facts.not_after == ends);
  CHECK(facts.not_before < std::chrono::system_clock::now());
}

TEST_CASE("a pair that can't serve says which file is to blame") {
  const auto one = test::forge({.names = {"DNS:a.example"}});
  const auto other = test::forge({.names = {"DNS:b.example"}});
  const auto problem = [](const std::string& chain, const std::string& key) {
    const auto loaded = load_certificate(chain, key, std::chrono::system_clock::now());
    CHECK((loaded.context == nullptr) == !loaded.problem.empty());
    return (loaded.problem_is_key ? "key: " : "chain: ") + loaded.problem;
  };
  CHECK(problem(one.chain_pem(), one.key_pem()) == "chain: ");
  CHECK(problem(one.chain_pem() + other.chain_pem(), one.key_pem()) == "chain: ");
  CHECK(problem(one.chain_pem(), other.key_pem())
        == "key: the key does not belong to the certificate");
  CHECK(problem("", one.key_pem()) == "chain: holds no PEM certificate");
  CHECK(problem(one.key_pem(), one.key_pem()) == "chain: holds no PEM certificate");
  CHECK(problem(one.chain_pem(), "") == "key: holds no PEM private key");
  CHECK(problem(one.chain_pem(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        == "key: the key has a passphrase; store it without one");
  const auto half = other.chain_pem().substr(0, 200);
  CHECK(problem(one.chain_pem() + half, one.key_pem())
            .starts_with("chain: the chain is damaged"));
}

TEST_CASE("a chain out of order or with an expired link is a warning") {
  const auto now = std::chrono::system_clock::now();
  const auto root = test::forge({.common_name = "root", .names = {}, .is_authority = true});
  const auto middle = test::forge({.common_name = "middle",
                                   .names = {},
                                   .ends = now + 1h,
                                   .issuer = &root,
                                   .is_authority = true});
  const auto leaf = test::forge({.names = {"DNS:a"}, .issuer = &middle});
  const auto warnings = [&](const std::string& chain, time_point when) {
    const auto loaded = load_certificate(leaf.chain_pem() + chain, leaf.key_pem(), when);
    CHECK(loaded.problem == "");
    return loaded.warnings;
  };
  CHECK(warnings(middle.chain_pem() + root.chain_pem(), now).empty());
  CHECK(warnings(root.chain_pem() + middle.chain_pem(), now)
        == std::vector<std::string>{
            "the chain is not in order: CN = test is not signed by what follows it, CN = root",
            "the chain is not in order: CN = root is not signed by what follows it, CN = "
            "middle"});
  CHECK(warnings(middle.chain_pem(), now + 2h)
        == std::vector<std::string>{
            "the chain holds a certificate that has expired: CN = middle"});
}

TEST_CASE("a name without a wildcard stands for the host first; names are keys") {
  const auto facts = read_facts(test::forge({.names = {"DNS:*.example", "DNS:mail.example",
                                                       "DNS:mail.XN--MLLER-KVA.example"}})
                                    .leaf.get());
  CHECK(facts.name_for("mail.example") == "mail.example");
  CHECK(facts.name_for("imap.example") == "*.example");
  CHECK(facts.name_for("mail.xn--mller-kva.example") == "mail.xn--mller-kva.example");
  CHECK(facts.name_for("example") == "");
  const auto in_cn = read_facts(
      test::forge({.common_name = "mail.m\xC3\xBCller.example", .names = {}}).leaf.get());
  CHECK(in_cn.serves("mail.xn--mller-kva.example"));
}

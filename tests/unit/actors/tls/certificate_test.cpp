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
    const auto loaded = load_certificate(chain, key);
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

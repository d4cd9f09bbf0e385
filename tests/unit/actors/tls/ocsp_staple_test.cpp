#include "actors/tls/ocsp_staple.hpp"

#include "actors/tls/certificate.hpp"
#include "tests/support/ocsp_forge.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using namespace stellwerk::tls;
using namespace std::chrono_literals;

namespace {

struct fixture {
  time_point now = std::chrono::system_clock::now();
  test::forged_certificate authority
      = test::forge({.common_name = "authority", .names = {}, .is_authority = true});
  test::forged_certificate leaf = test::forge({.names = {"DNS:a"}, .issuer = &authority});
  ssl_ctx_ptr shown
      = load_certificate(leaf.chain_pem() + authority.chain_pem(), leaf.key_pem(), now).context;

  [[nodiscard]] std::string problem(const std::string& der) const {
    const auto loaded = load_staple(der, shown.get(), now);
    CHECK(loaded.staple.has_value() == loaded.problem.empty());
    return loaded.problem;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a good response is kept with its dates") {
  const auto der = test::forge_ocsp({.about = leaf, .issuer = authority});
  const auto loaded = load_staple(der, shown.get(), now);
  REQUIRE(loaded.staple);
  CHECK(loaded.staple->der == der);
  CHECK(loaded.staple->is_fresh(now));
  CHECK_FALSE(loaded.staple->is_fresh(now + 25h));
  const auto endless
      = test::forge_ocsp({.about = leaf, .issuer = authority, .next_update = std::nullopt});
  CHECK(load_staple(endless, shown.get(), now).staple.value().is_fresh(now + 1000h));
}

TEST_CASE_FIXTURE(fixture, "without the issuer in the chain nobody can say who signed") {
  shown = load_certificate(leaf.chain_pem(), leaf.key_pem(), now).context;
  CHECK(problem(test::forge_ocsp({.about = leaf, .issuer = authority})) == "");
}

TEST_CASE_FIXTURE(fixture, "what clients would refuse is refused here") {
  const auto good = test::forge_ocsp({.about = leaf, .issuer = authority});
  CHECK(problem(good) == "");
  for (std::size_t size = 0; size < good.size(); size += 7)
    CHECK(problem(good.substr(0, size)) == "holds no OCSP response in DER");
  CHECK(problem(good + "x") == "holds no OCSP response in DER");
  CHECK(problem(std::string{"\x30\x03\x0a\x01\x03"})
        == "the responder did not answer: trylater");
  const auto other = test::forge({.names = {"DNS:b"}, .issuer = &authority});
  CHECK(problem(test::forge_ocsp({.about = other, .issuer = authority}))
        == "the response is not about this certificate");
  CHECK(problem(test::forge_ocsp(
            {.about = leaf, .issuer = authority, .status = V_OCSP_CERTSTATUS_REVOKED}))
        == "the response says: revoked");
  CHECK(problem(test::forge_ocsp({.about = leaf,
                                  .issuer = authority,
                                  .this_update = now - 48h,
                                  .next_update = now - 24h}))
        == "the response is too old");
  CHECK(problem(test::forge_ocsp({.about = leaf, .issuer = authority, .this_update = now + 1h}))
        == "the response is from the future");
  const auto stranger
      = test::forge({.common_name = "stranger", .names = {}, .is_authority = true});
  CHECK(problem(test::forge_ocsp({.about = leaf, .issuer = authority, .signer = &stranger}))
        == "the response is not signed by the certificate's issuer");
}

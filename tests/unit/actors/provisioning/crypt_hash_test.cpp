#include "actors/provisioning/crypt_hash.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("a hash is that of its password alone, under a salt of its own") {
  const secret password{"anna's \xC3\xBC % secret"};
  for (const auto& [how, prefix] : {std::pair{crypt_scheme::yescrypt, "$y$"},
                                    std::pair{crypt_scheme::sha512_crypt, "$6$"}}) {
    const auto hash = hash_password(how, password);
    CHECK(hash.starts_with(prefix));
    CHECK(hash != hash_password(how, password));
    CHECK(is_hash_of(password, hash));
    CHECK_FALSE(is_hash_of(secret{"anna's secret"}, hash));
    CHECK_FALSE(is_hash_of(password, hash.substr(0, hash.size() - 1)));
  }
}

TEST_CASE("hashes that somebody else has made count too") {
  // Of the specification of SHA-crypt.
  CHECK(is_hash_of(secret{"Hello world!"}, "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/"
                                           "O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"));
  for (const auto* none : {"", "*0", "!", "$6$", "$99$x$y"})
    CHECK_FALSE(is_hash_of(secret{"Hello world!"}, none));
}

TEST_CASE("what libcrypt would cut off is not hashed") {
  using namespace std::string_literals;
  CHECK_FALSE(hash_password(crypt_scheme::sha512_crypt, secret{std::string(511, 'x')}).empty());
  for (const auto how : {crypt_scheme::yescrypt, crypt_scheme::sha512_crypt}) {
    CHECK(hash_password(how, secret{std::string(512, 'x')}).empty());
    CHECK(hash_password(how, secret{"a\0b"s}).empty());
  }
}

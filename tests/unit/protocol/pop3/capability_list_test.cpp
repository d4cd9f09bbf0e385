#include "protocol/pop3/capability_list.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::pop3;

TEST_CASE("names and arguments are compared without case, each name is kept once") {
  const capability_list list{{"SASL PLAIN LOGIN", "top", "TOP", "", " x", "EXPIRE 60"}};
  CHECK(list.lines() == std::vector<std::string>{"SASL PLAIN LOGIN", "top", "EXPIRE 60"});
  CHECK(list.contains("sasl", "login"));
  CHECK(list.contains("TOP"));
  CHECK_FALSE(list.contains("SASL", "SASL"));
  CHECK_FALSE(list.contains("SASL", "PLAI"));
  CHECK_FALSE(list.contains("UIDL", "x"));
}

TEST_CASE("the list is bounded") {
  capability_list list;
  list.add(std::string(513, 'x'));
  CHECK(list.empty());
  for (int i = 0; i < 100; ++i)
    list.add("X" + std::to_string(i));
  CHECK(list.lines().size() == 64);
}

TEST_CASE("common is what both have with the same arguments") {
  const capability_list a{{"TOP", "EXPIRE 60", "UIDL", "PIPELINING"}};
  const capability_list b{{"uidl", "EXPIRE 90", "top"}};
  CHECK(common_to(a, b) == capability_list{{"TOP", "UIDL"}});
  const capability_list sasl{{"SASL PLAIN XOAUTH2 CRAM-MD5"}};
  CHECK(common_to(sasl, capability_list{{"sasl xoauth2 PLAIN"}}).arguments("SASL")
        == "PLAIN XOAUTH2");
  CHECK(common_to(sasl, capability_list{{"SASL LOGIN", "USER"}}).empty());
}

TEST_CASE("without STLS and without TLS nothing to log in with is announced") {
  CHECK(announced_before_login({}, client_channel::clear)
        == capability_list{{"RESP-CODES", "AUTH-RESP-CODE"}});
}

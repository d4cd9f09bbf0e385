#include "protocol/sieve/capability_list.hpp"

#include <doctest/doctest.h>

using namespace stellwerk::sieve;

namespace {

capability_list list_of(std::initializer_list<capability> all) {
  capability_list list;
  for (const auto& one : all)
    list.add(one);
  return list;
}

} // namespace

TEST_CASE("a capability is one string or two") {
  CHECK(parse_capability("\"STARTTLS\"") == capability{"STARTTLS"});
  CHECK(parse_capability("\"SIEVE\" \"a b\"") == capability{"SIEVE", "a b"});
  CHECK(parse_capability("{5}\r\nSIEVE {1}\r\n\"") == capability{"SIEVE", "\""});
  for (const auto* frame : {"", "\"\"", "SIEVE", "\"A\" ", "\"A\"x", "\"A\" \"b\" \"c\""}) {
    CAPTURE(frame);
    CHECK_FALSE(parse_capability(frame));
  }
}

TEST_CASE("words are compared without case, each name is kept once") {
  const auto list = list_of({{"SASL", "PLAIN LOGIN"}, {"sasl", "x"}, {"OWNER"}});
  CHECK(list.all().size() == 2);
  CHECK(list.contains("Sasl", "login"));
  CHECK_FALSE(list.contains("SASL", "x"));
  CHECK_FALSE(list.contains("SASL", ""));
  CHECK(list.value("owner").empty());
  CHECK(list.text() == "\"SASL\" \"PLAIN LOGIN\"\r\n\"OWNER\"\r\n");
}

TEST_CASE("the list is bounded") {
  capability_list list;
  for (int i = 0; i < 100; ++i)
    list.add({"X" + std::to_string(i)});
  CHECK(list.all().size() == 64);
}

TEST_CASE("common is what works on both; what leads around the proxy is not in it") {
  const auto a = list_of({{"IMPLEMENTATION", "x"},
                          {"SIEVE", "fileinto vacation body"},
                          {"NOTIFY", "mailto"},
                          {"MAXREDIRECTS", "9"},
                          {"VERSION", "1.0"},
                          {"UNAUTHENTICATE"},
                          {"STARTTLS"},
                          {"SASL", "PLAIN"},
                          {"EXTLISTS", "a"}});
  const auto b = list_of({{"IMPLEMENTATION", "x"},
                          {"EXTLISTS", "b"},
                          {"sieve", "body FILEINTO"},
                          {"NOTIFY", "mailto xmpp"},
                          {"MAXREDIRECTS", "4"},
                          {"VERSION", "1.0"},
                          {"UNAUTHENTICATE"},
                          {"STARTTLS"},
                          {"SASL", "PLAIN"}});
  CHECK(common_to(a, b)
        == list_of({{"SIEVE", "fileinto body"},
                    {"NOTIFY", "mailto"},
                    {"MAXREDIRECTS", "4"},
                    {"VERSION", "1.0"},
                    {"SASL", "PLAIN"}}));
  const auto none = list_of({{"SIEVE", "x"}, {"MAXREDIRECTS", "many"}, {"VERSION", "2.0"}});
  CHECK(common_to(a, none) == list_of({{"SIEVE", ""}}));
}

TEST_CASE("without STARTTLS and without TLS there is no mechanism") {
  CHECK(announced_before_login({}, client_channel::clear).text()
        == "\"IMPLEMENTATION\" \"Stellwerk\"\r\n\"SIEVE\" \"\"\r\n\"SASL\" \"\"\r\n");
}

#include "protocol/base/domain_name.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;

namespace {
std::string key(std::string_view domain) { return domain_key(domain).value_or("(none)"); }
} // namespace

TEST_CASE("one domain has one key, however it is written") {
  CHECK(key("Example.ORG") == "example.org");
  CHECK(key("example.org.") == "example.org");
  CHECK(key("m\xC3\xBCller.example") == "xn--mller-kva.example");
  CHECK(key("M\xC3\x9CLLER.example") == "xn--mller-kva.example");
  CHECK(key("XN--MLLER-KVA.example") == "xn--mller-kva.example");
  CHECK(key("b\xC3\xBC"
            "cher.example")
        == "xn--bcher-kva.example");
  CHECK(key("localhost") == "localhost");
  CHECK(key("_dmarc.example.org") == "_dmarc.example.org");
}

TEST_CASE("labels of other scripts (RFC 3492 section 7.1)") {
  // Chinese (simplified), Russian in both cases, Japanese with ASCII, a rune beyond 16 bits.
  CHECK(key("\xE4\xBB\x96\xE4\xBB\xAC\xE4\xB8\xBA\xE4\xBB\x80\xE4\xB9\x88\xE4\xB8\x8D\xE8\xAF"
            "\xB4\xE4\xB8\xAD\xE6\x96\x87")
        == "xn--ihqwcrb4cv8a8dqg056pqjye");
  CHECK(key("\xD0\xBF\xD0\xBE\xD1\x87\xD1\x82\xD0\xB0.example") == "xn--80a1acny.example");
  CHECK(key("\xD0\x9F\xD0\x9E\xD0\xA7\xD0\xA2\xD0\x90.example") == "xn--80a1acny.example");
  CHECK(key("3\xE5\xB9\xB4"
            "b\xE7\xB5\x84\xE9\x87\x91\xE5\x85\xAB\xE5\x85\x88\xE7\x94\x9F")
        == "xn--3b-ww4c5e180e575a65lsy2b");
  CHECK(key("\xF0\x90\x8C\xB0.example") == "xn--ec8c.example");
  CHECK(key("stra\xC3\x9F"
            "e.example")
        == "xn--strae-oqa.example");
}

TEST_CASE("what is no domain has no key") {
  for (const auto* wrong : {"",
                            ".",
                            "..",
                            ".example.org",
                            "example..org",
                            "example.org..",
                            "exa mple.org",
                            "exam\tple.org",
                            "a@b",
                            "a/b",
                            "m\xFCller.example",
                            "\xC3",
                            "\xC0\xAF",
                            "\xED\xA0\x80",
                            "\xF4\x90\x80\x80",
                            "\xE0\x80\x80",
                            "a\xE3\x80\x82"
                            "b",
                            "\xEF\xBC\x8E",
                            "a\xC2\xA0"
                            "b",
                            "*.example"})
    CHECK_FALSE(domain_key(wrong).has_value());
  CHECK(domain_key(std::string(63, 'a') + ".example").has_value());
  CHECK_FALSE(domain_key(std::string(64, 'a') + ".example").has_value());
  std::string longest;
  for (int i = 0; i < 126; ++i)
    longest += "a.";
  CHECK(domain_key(longest + "a").has_value());
  CHECK_FALSE(domain_key(longest + "aa").has_value());
  std::string wide; // 63 characters of two octets each: the A-label is what is limited
  for (int i = 0; i < 63; ++i)
    wide += "\xC3\xBC";
  CHECK_FALSE(domain_key(wide).has_value());
}

TEST_CASE("what another server may map to a different domain has no key (UTS 46)") {
  for (const auto* other :
       {"ｅxample.org", "example．org", "b\u00BA.example", "\uFB01nd.example",
        "mu\u0308ller.example", "\u212Aelvin.example", "\u017Fo.example", "ex\u00ADample.org",
        "ex\u200Dample.org", "\u0130x.example", "\u01C6.example", "x\u00B2.example",
        "\u0149x.example"})
    CHECK_FALSE(domain_key(other).has_value());
}

TEST_CASE("capital letters of every alphabet with case have the key of the small ones") {
  CHECK(key("\u0102\u0139\u0178\u0179\u01A0\u01AF\u0218\u021A\u1E9E\u1EA0")
        == key("\u0103\u013A\u00FF\u017A\u01A1\u01B0\u0219\u021B\u00DF\u1EA1"));
  CHECK(key("\u0391\u0386\u0388\u0389\u038A\u038C\u038E\u038F")
        == key("\u03B1\u03AC\u03AD\u03AE\u03AF\u03CC\u03CD\u03CE"));
  CHECK(key("\u0401\u0416\u0531") == key("\u0451\u0436\u0561"));
  CHECK(key("\u0401\u0416\u0531") != "(none)");
}

TEST_CASE("an address literal is its own key") {
  CHECK(key("[192.0.2.1]") == "[192.0.2.1]");
  CHECK(key("[IPv6:2001:DB8::1]") == "[ipv6:2001:db8::1]");
  for (const auto* wrong : {"[", "[]", "[1.2.3.4", "[1 2]", "[a]b", "[a[b]", "[a@b]", "[a\"b]"})
    CHECK_FALSE(domain_key(wrong).has_value());
}

TEST_CASE("the domain of an address follows its last @") {
  CHECK(domain_key_of_address("max@Example.org") == "example.org");
  CHECK(domain_key_of_address("\"a@b\"@Example.org") == "example.org");
  CHECK_FALSE(domain_key_of_address("max").has_value());
  CHECK_FALSE(domain_key_of_address("max@").has_value());
}

TEST_CASE("a key is shown with its U-labels, and never as another key's") {
  CHECK(domain_text("mail.xn--mller-kva.example") == "mail.m\xC3\xBCller.example");
  CHECK(domain_text("*.xn--mller-kva.example") == "*.m\xC3\xBCller.example");
  CHECK(domain_text("xn--ihqwcrb4cv8a8dqg056pqjye")
        == "\xE4\xBB\x96\xE4\xBB\xAC\xE4\xB8\xBA\xE4\xBB\x80\xE4\xB9\x88\xE4\xB8\x8D\xE8\xAF"
           "\xB4\xE4\xB8\xAD\xE6\x96\x87");
  CHECK(domain_text("plain.example") == "plain.example");
  for (const auto* key : {"xn--.example", "xn--a", "xn--a-!", "xn--99999999999999",
                          "xn--zzzzzzzz", "xn--abc-", "xn--ab", "", ".", "a..b"})
    CHECK(domain_text(key) == key);
}

TEST_CASE("what has a U-label comes back from its key") {
  for (const auto* name : {"b\xC3\xBC"
                           "cher.example",
                           "\xCE\xB4\xCE\xBF\xCE\xBA.example", "\xF0\x90\x8C\xB0.example",
                           "\xE0\xB8\x81\xE0\xB8\x82"})
    CHECK(domain_text(key(name)) == name);
}

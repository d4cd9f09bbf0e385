#include "config/routes_edit.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

std::string edited(const std::string& text, std::string_view domain, phase now) {
  const auto edit = with_phase(text, domain, now);
  CHECK_MESSAGE(edit.problem.empty(), edit.problem);
  return edit.text;
}

} // namespace

TEST_CASE("one value changes in its line, all else stays") {
  const std::string text = "# the move\n"
                           "default: old   # all others\n"
                           "domains:\n"
                           "  example.org: old      # first\n"
                           "  'Example.NET':  \"moving\"\n"
                           "\n"
                           "  # last\n"
                           "  m\xC3\xBCller.example: new\n";
  CHECK(edited(text, "example.org", phase::moving)
        == "# the move\ndefault: old   # all others\ndomains:\n"
           "  example.org: moving      # first\n"
           "  'Example.NET':  \"moving\"\n\n  # last\n  m\xC3\xBCller.example: new\n");
  CHECK(edited(text, "example.net", phase::on_old).find("  'Example.NET':  \"old\"\n")
        != std::string::npos);
  CHECK(edited(text, "xn--mller-kva.example", phase::returning)
            .ends_with("  m\xC3\xBCller.example: returning\n"));
}

TEST_CASE("flow style and a file without a last line end can be changed") {
  CHECK(edited("domains: {a.example: old, b.example: old}", "b.example", phase::on_new)
        == "domains: {a.example: old, b.example: new}");
  CHECK(edited("domains:\n  a.example: old", "a.example", phase::moving)
        == "domains:\n  a.example: moving");
  CHECK(edited("domains:\r\n  a.example: old\r\n", "a.example", phase::moving)
        == "domains:\r\n  a.example: moving\r\n");
}

TEST_CASE("a domain that is not listed gets a line behind the last") {
  CHECK(edited("domains:\n    a.example: old # x\n", "b.example", phase::moving)
        == "domains:\n    a.example: old # x\n    b.example: moving\n");
  CHECK(edited("domains:\n  a.example: old\ndefault: new\n", "b.example", phase::returning)
        == "domains:\n  a.example: old\n  b.example: returning\ndefault: new\n");
  CHECK(edited("default: old\n", "b.example", phase::moving)
        == "default: old\ndomains:\n  b.example: moving\n");
}

TEST_CASE("what cannot be changed alone is not changed") {
  for (const std::string text : {
           "domains: {a.example: old}",                        // Nowhere to add a line.
           "domains:\n  a.example: &x old\n  c.example: *x\n", // An alias.
           "domains:\n  a.example: olds\n", "domains:\n  a.example\n", "defaul: old\n",
           "", // The loader wants one key at least.
       }) {
    const auto edit = with_phase(text, "b.example", phase::moving);
    if (text.find('&') == std::string::npos)
      CHECK_FALSE(edit.problem.empty());
    if (!edit.problem.empty())
      CHECK(edit.text.empty());
  }
  CHECK_FALSE(
      with_phase("domains:\n  a.example: &x old\n  c.example: *x\n", "a.example", phase::moving)
          .problem.empty());
}

#include "config/routes.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

namespace {

std::string problems(const std::string& text) {
  diagnostics found;
  (void)parse_routes(text, "routes.yaml", found);
  sort_by_place(found);
  std::string result;
  for (const auto& one : found)
    result += text_of(one) + '\n';
  return result;
}

} // namespace

TEST_CASE("the default and a phase per domain, in the order of the file") {
  diagnostics found;
  const auto routes = parse_routes("default: refuse\n"
                                   "domains:\n"
                                   "  Example.ORG: new # moved\n"
                                   "  m\xC3\xBCller.example: moving\n"
                                   "  \"example.com\": returning\n"
                                   "  a.example: old\n",
                                   "routes.yaml", found);
  CHECK(found.empty());
  CHECK(routes.fallback() == default_route::refuse);
  REQUIRE(routes.all().size() == 4);
  CHECK(routes.all()[0].domain == "example.org");
  CHECK(routes.all()[0].written == "Example.ORG");
  CHECK(routes.all()[0].value == position{3, 16});
  CHECK(routes.find("example.org")->now == phase::on_new);
  CHECK(routes.find("xn--mller-kva.example")->now == phase::moving);
  CHECK(routes.find("example.com")->now == phase::returning);
  CHECK(routes.find("a.example")->now == phase::on_old);
  CHECK(routes.find("b.example") == nullptr);
  CHECK(routes.find("") == nullptr);
}

TEST_CASE("what may be left out") {
  diagnostics found;
  for (const auto* text :
       {"default: new\n", "default: new\ndomains:\n", "default: new\ndomains: {}\n"}) {
    const auto routes = parse_routes(text, "r", found);
    CHECK(routes.fallback() == default_route::on_new);
    CHECK(routes.all().empty());
  }
  CHECK(parse_routes("domains: { a.example: new }", "r", found).fallback()
        == default_route::on_old);
  CHECK(found.empty());
}

TEST_CASE("every problem of the file") {
  CHECK(problems("defualt: old\n"
                 "domains:\n"
                 "  example.org: gone\n"
                 "  example.net: new\n"
                 "  Example.NET: old\n"
                 "  example.com: new\n"
                 "  example.com: new\n"
                 "  \"no domain\": new\n"
                 "  a.example:\n"
                 "  b.example: [new]\n")
        == "routes.yaml:1:1: defualt: unknown key, did you mean \"default\"?\n"
           "routes.yaml:3:16: domains.example.org: \"gone\" is not old, moving, new or "
           "returning\n"
           "routes.yaml:5:3: domains: \"Example.NET\" is already in line 4\n"
           "routes.yaml:7:3: domains.example.com: doubled key, already in line 6\n"
           "routes.yaml:8:3: domains: \"no domain\" is no domain\n"
           "routes.yaml:9:3: domains.a.example: has no value\n"
           "routes.yaml:10:14: domains.b.example: is a list, a single value is needed\n");
  CHECK(problems("default: moving").find("is not old, new or refuse") != std::string::npos);
  CHECK(problems("domains: [a.example]").find("must be a mapping") != std::string::npos);
}

TEST_CASE("a table with one domain elsewhere leaves the first as it is") {
  const route_table before{default_route::on_old,
                           {{"a.example", "a.example", phase::on_old, {}}}};
  const auto after = before.with("a.example", phase::moving);
  CHECK(before.find("a.example")->now == phase::on_old);
  CHECK(after.find("a.example")->now == phase::moving);
  CHECK(before.with("b.example", phase::moving).all().size() == 2);
}

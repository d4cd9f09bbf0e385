#include "config/change.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk;

namespace {

snapshot with_routes(default_route fallback, std::vector<domain_route> domains) {
  snapshot result;
  result.settings.file = "s.yaml";
  result.settings.routes = "r.yaml";
  result.routes = route_table{fallback, std::move(domains)};
  return result;
}

domain_route at(std::string domain, phase now, int line = 3) {
  return {domain, domain, now, {line, 7}};
}

snapshot with_accounts(int first, int last) {
  std::vector<account> rows;
  for (int i = first; i < last; ++i)
    rows.push_back({"u" + std::to_string(i) + "@a.example", "a.example", "", "", {}, {}});
  snapshot result;
  result.accounts = std::make_shared<const account_table>(std::move(rows));
  return result;
}

std::string texts(const diagnostics& found) {
  std::string result;
  for (const auto& one : found)
    result += text_of(one) + '\n';
  return result;
}

const auto o = phase::on_old;
const auto m = phase::moving;
const auto n = phase::on_new;
const auto r = phase::returning;

} // namespace

TEST_CASE("which domains change, also by the default") {
  const auto before = with_routes(default_route::on_old,
                                  {at("a.example", o), at("b.example", n), at("c.example", o)});
  const auto after
      = with_routes(default_route::on_old, {at("c.example", m), at("a.example", o),
                                            at("d.example", n), at("e.example", o)});
  const auto change = compare(before, after);
  CHECK(texts(change.found).empty());
  CHECK(change.phases
        == std::vector<phase_change>{
            {"c.example", o, m}, {"d.example", o, n}, {"b.example", n, o}});
  CHECK(compare(before, before).phases.empty());
}

TEST_CASE("another default moves everything that is not listed") {
  const auto before = with_routes(default_route::on_old, {at("a.example", o)});
  CHECK(compare(before, with_routes(default_route::on_new, {at("a.example", o)})).phases
        == std::vector<phase_change>{{"", o, n}});
  CHECK(compare(before, with_routes(default_route::refuse, {at("b.example", n)})).phases
        == std::vector<phase_change>{{"b.example", o, n}, {"a.example", o, {}}, {"", o, {}}});
}

TEST_CASE("every edge that is none is a problem that names the ones there are") {
  for (const auto from : all_phases)
    for (const auto to : all_phases) {
      const auto change = compare(with_routes(default_route::on_old, {at("a.example", from)}),
                                  with_routes(default_route::on_old, {at("a.example", to)}));
      CHECK(has_problems(change.found) == (from != to && !may_follow(from, to)));
    }
  const auto change = compare(
      with_routes(default_route::on_old, {at("a.example", o), at("b.example", m)}),
      with_routes(default_route::on_old, {at("a.example", r, 5), at("b.example", r, 4)}));
  CHECK(
      texts(change.found)
      == "r.yaml:4:7: domains.b.example: cannot become returning: it is moving, which only "
         "new or old may follow\n"
         "r.yaml:5:7: domains.a.example: cannot become returning: it is old, which only moving "
         "or new may follow\n");
}

TEST_CASE("listing and removing a domain are edges too") {
  const auto none = with_routes(default_route::on_old, {});
  CHECK_FALSE(has_problems(
      compare(none, with_routes(default_route::on_old, {at("a.example", m)})).found));
  CHECK(texts(compare(none, with_routes(default_route::on_old, {at("a.example", r)})).found)
            .starts_with("r.yaml:3:7: domains.a.example: cannot become returning"));
  CHECK(texts(compare(with_routes(default_route::on_new, {at("a.example", m)}),
                      with_routes(default_route::on_old, {}))
                  .found)
            .empty());
  CHECK(texts(compare(with_routes(default_route::on_new, {at("a.example", o)}),
                      with_routes(default_route::refuse, {}))
                  .found)
            .empty());
}

TEST_CASE("more than one account in twenty needs a word") {
  const auto before = with_accounts(0, 100);
  const auto five = compare(before, with_accounts(5, 103));
  CHECK(five.accounts_removed.size() == 5);
  CHECK(five.accounts_removed.front() == "u0@a.example");
  CHECK(five.accounts_added == 3);
  CHECK(five.accounts_before == 100);
  CHECK_FALSE(five.removes_too_many());
  CHECK(compare(before, with_accounts(6, 100)).removes_too_many());
  CHECK(compare(before, snapshot{}).removes_too_many());
  CHECK_FALSE(compare(snapshot{}, before).removes_too_many());
  CHECK_FALSE(compare(snapshot{}, snapshot{}).removes_too_many());
}

TEST_CASE("what only a restart changes is told") {
  snapshot before;
  before.settings.file = "s.yaml";
  before.settings.listeners.push_back({});
  auto after = before;
  after.settings.listeners.front().where = {7, 3}; // the same, elsewhere in the file
  CHECK(compare(before, after).found.empty());
  after.settings.listeners.front().address.port = 1;
  after.settings.hostname = "x";
  after.settings.state_dir = "x";
  after.settings.control = "x";
  after.settings.workers = 9;
  after.settings.admin.listen.port = 1;
  after.settings.findings.max_rows = 1;
  after.settings.provisioning.file = "x";
  after.settings.user = "x";
  after.settings.limits.connections = 1; // reloadable
  const auto change = compare(before, after);
  CHECK_FALSE(has_problems(change.found));
  const std::string tail
      = ": warning: has changed, which takes effect at the next start only\n";
  CHECK(texts(change.found)
        == "s.yaml: hostname" + tail + "s.yaml: state_dir" + tail + "s.yaml: control" + tail
               + "s.yaml: workers" + tail + "s.yaml: admin" + tail + "s.yaml: findings" + tail
               + "s.yaml: provisioning.file" + tail + "s.yaml: user" + tail
               + "s.yaml:7:3: listeners" + tail);
}

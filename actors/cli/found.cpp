#include "actors/cli/found.hpp"

#include "actors/cli/check.hpp"
#include "actors/cli/control_path.hpp"
#include "actors/findings/finding_wire.hpp"
#include "config/load_configuration.hpp"
#include "protocol/base/domain_name.hpp"

#include <algorithm>
#include <tuple>

namespace stellwerk::cli {
namespace {

constexpr std::size_t rows_at_once = 10000;
constexpr std::chrono::minutes patience{2}; // Of each page.

found_findings refused(json error, exit_code code) {
  found_findings none;
  none.error = std::move(error);
  none.code = code;
  return none;
}

found_findings read_file(const std::filesystem::path& stellwerk_yaml,
                         const std::string& domain) {
  diagnostics problems;
  const auto text = stellwerk::read_file(stellwerk_yaml, problems);
  const auto settings = text ? parse_configuration(*text, stellwerk_yaml, problems)
                             : std::optional<configuration>{};
  if (!settings)
    return refused({{"reason", "no proxy runs, and where its findings are is not to be read"},
                    {"advice", "Correct the file first."},
                    {"problems", problems_of(problems)}},
                   exit_code::configuration);
  const auto file = finding_store::file_in(settings->state_dir);
  found_findings all;
  try {
    if (!std::filesystem::exists(file))
      return all;
    finding_store store{file, findings::database::access::read};
    for (finding_page page; !page.is_last;) {
      page = store.page(page.last, rows_at_once, domain);
      std::move(page.rows.begin(), page.rows.end(), std::back_inserter(all.rows));
    }
    all.days = store.days(domain);
  } catch (const std::runtime_error& fault) {
    return refused({{"reason", file.string() + " cannot be read: " + fault.what()},
                    {"advice", "Ask as root, or as the user that serve runs as."}},
                   exit_code::refused);
  }
  return all;
}

void sort(std::vector<finding_record>& rows) {
  std::sort(rows.begin(), rows.end(), [](const finding_record& a, const finding_record& b) {
    return std::tie(a.what.domain, a.what.login, a.what.kind, a.what.address, a.what.client)
           < std::tie(b.what.domain, b.what.login, b.what.kind, b.what.address, b.what.client);
  });
}

} // namespace

found_findings fetch_findings(const std::filesystem::path& stellwerk_yaml,
                              const std::string& domain) {
  const auto key = domain.empty() ? std::optional<std::string>{""} : domain_key(domain);
  if (!key)
    return refused({{"reason", domain + " is no domain"}, {"advice", ""}}, exit_code::usage);
  diagnostics problems;
  const auto control = find_control(stellwerk_yaml, problems);
  if (!control)
    return refused({{"reason", text_of(problems.front())},
                    {"advice", "Name the file that serve was started with: -c FILE"}},
                   exit_code::configuration);
  found_findings all;
  const json request{{"command", "findings"}, {"domain", *key}};
  const auto answer = ask_proxy(*control, request, patience, [&](const json& progress) {
    const auto rows = progress.find("findings");
    if (rows == progress.end())
      return;
    for (const auto& row : *rows)
      if (auto one = findings::from_wire(row))
        all.rows.push_back(std::move(*one));
  });
  if (answer.code == exit_code::no_proxy && !answer.problem.empty()) {
    all = read_file(stellwerk_yaml, *key);
  } else if (!answer.problem.empty()) {
    return refused({{"reason", answer.problem}, {"advice", ""}}, answer.code);
  } else if (const auto error = answer.reply.find("error"); error != answer.reply.end()) {
    return refused(*error, answer.code);
  } else {
    const auto days = answer.reply.find("observed_days");
    if (days != answer.reply.end() && days->is_object())
      for (const auto& [name, count] : days->items())
        if (count.is_number_integer())
          all.days[name] = count;
  }
  sort(all.rows);
  return all;
}

} // namespace stellwerk::cli

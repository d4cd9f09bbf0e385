#include "actors/cli/findings.hpp"

#include "actors/cli/reply_text.hpp"
#include "actors/cli/text_table.hpp"
#include "actors/findings/finding_wire.hpp"
#include "actors/log/line.hpp"
#include "protocol/base/csv_writer.hpp"

namespace stellwerk::cli {
namespace {

std::int64_t days_of(const found_findings& all, const std::string& domain) {
  const auto found = all.days.find(domain);
  return found == all.days.end() ? 0 : found->second;
}

/// To the minute: a person compares days.
std::string moment(finding_record::time_point when) {
  auto text = log::timestamp(when).substr(0, 16) + 'Z';
  return text;
}

/// A spreadsheet takes what begins so for a formula, and a client may write what it likes.
std::string cell(const json& value) {
  auto text = value.is_string() ? member_text(json{{"cell", value}}, "cell") : value.dump();
  if (!text.empty() && std::string_view{"=+-@"}.find(text.front()) != std::string_view::npos)
    text.insert(text.begin(), '\'');
  return csv_text(text);
}

} // namespace

void print_findings_text(const found_findings& all, std::ostream& out) {
  text_table table{{"LOGIN", "WHY", "ADDRESS", " COUNT", " LOGGED IN", "FIRST SEEN",
                    "LAST SEEN", "CLIENT", "SOFTWARE", "LISTENER", "TLS", "NAME", "DOMAIN",
                    " DAYS"}};
  for (const auto& one : all.rows) {
    const auto row = findings::to_json(one);
    table.add({member_text(row, "login"), member_text(row, "kind"), member_text(row, "address"),
               std::to_string(one.count), std::to_string(one.accepted), moment(one.first_seen),
               moment(one.last_seen), member_text(row, "client"), member_text(row, "software"),
               member_text(row, "listener"), member_text(row, "tls"), member_text(row, "name"),
               member_text(row, "domain"), std::to_string(days_of(all, one.what.domain))});
  }
  out << table.text() << counted(static_cast<std::int64_t>(all.rows.size()), "finding") << '\n';
  for (const auto& [domain, days] : all.days)
    out << (domain == all_domains ? "all" : domain) << ": observed on " << counted(days, "day")
        << '\n';
}

void print_findings_csv(const found_findings& all, std::ostream& out) {
  out << "kind,domain,login,address,count,accepted,first_seen,last_seen,client,software,tls,"
         "listener,name,observed_days\n";
  for (const auto& one : all.rows) {
    const auto row = findings::to_json(one);
    for (const auto& [member, value] : row.items())
      out << cell(value) << ',';
    out << days_of(all, one.what.domain) << '\n';
  }
}

void print_findings_json(const found_findings& all, std::ostream& out) {
  const auto text = [](const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  out << "{\"findings\":[";
  const char* between = "";
  for (const auto& one : all.rows) {
    out << between << text(findings::to_json(one));
    between = ",";
  }
  json days = json::object();
  for (const auto& [domain, count] : all.days)
    if (domain != all_domains)
      days[domain] = count;
  out << "],\"days\":" << days_of(all, all_domains) << ",\"observed_days\":" << text(days)
      << "}\n";
}

void print_proposal_csv(const std::vector<proposed_row>& rows, std::ostream& out,
                        std::ostream& err) {
  out << "login,domain,old_login,new_login,senders,pin\n";
  for (const auto& row : rows) {
    if (row.is_news)
      out << csv_text(row.login) << ',' << csv_text(row.domain) << ','
          << csv_text(row.old_login) << ',' << csv_text(row.new_login) << ','
          << csv_text(row.senders) << ',' << csv_text(row.pin) << '\n';
    for (const auto& remark : row.remarks) {
      const json shown{{"login", row.login}, {"remark", remark}};
      err << member_text(shown, "login") << ": " << member_text(shown, "remark") << '\n';
    }
  }
}

json proposal_json(const std::vector<proposed_row>& rows) {
  json list = json::array();
  for (const auto& row : rows)
    list.push_back({{"login", row.login},
                    {"domain", row.domain},
                    {"old_login", row.old_login},
                    {"new_login", row.new_login},
                    {"senders", row.senders},
                    {"pin", row.pin},
                    {"is_news", row.is_news},
                    {"remarks", row.remarks}});
  return {{"rows", std::move(list)}};
}

} // namespace stellwerk::cli

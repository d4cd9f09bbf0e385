#include "actors/tls/certificate_status.hpp"

#include "protocol/base/domain_name.hpp"

#include <array>
#include <ctime>

namespace stellwerk::tls {

namespace {

std::string to_rfc3339(time_point when) {
  const auto time = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

constexpr std::chrono::days soon{14};

std::string key_text(int kind) {
  switch (kind) {
    case 0:
      return "";
    case EVP_PKEY_RSA:
      return "RSA";
    case EVP_PKEY_EC:
      return "ECDSA";
    default:
      return OBJ_nid2sn(kind);
  }
}

std::vector<std::string> shown(const std::vector<std::string>& names) {
  std::vector<std::string> both;
  for (const auto& name : names) {
    both.push_back(name);
    if (auto text = domain_text(name); text != name)
      both.push_back(std::move(text));
  }
  return both;
}

name_status status_of(const certificate_ledger::name_key& key,
                      const certificate_ledger::record& record, time_point now) {
  constexpr std::size_t day = 24;
  return {domain_text(key.name),
          key.asked,
          record.uses(day, now),
          record.uses(certificate_ledger::hours_kept, now),
          record.refused,
          record.last_login,
          record.last_login.empty() ? "" : to_rfc3339(record.last_login_at)};
}

} // namespace

std::vector<certificate_status> status_of(const server_certificates& table,
                                          const certificate_ledger::records& used,
                                          time_point now) {
  std::vector<certificate_status> all;
  for (const auto& one : table.list()) {
    certificate_status said{shown(one->names),
                            to_rfc3339(one->not_after),
                            one->days_left(now),
                            one->legacy,
                            one->retired(now),
                            key_text(one->key_kind),
                            {},
                            {}};
    if (one->staple && one->staple->is_fresh(now))
      said.stapled_until = to_rfc3339(one->staple->next_update.value_or(one->not_after));
    for (const auto& name : one->names)
      for (const bool asked : {true, false})
        if (const auto found = used.find({name, asked}); found != used.end())
          said.uses.push_back(status_of(found->first, found->second, now));
    all.push_back(std::move(said));
  }
  return all;
}

std::vector<std::string> warnings_of(const server_certificates& table, time_point now) {
  std::vector<std::string> warnings;
  for (const auto& one : table.list()) {
    const auto name = one->names.empty() ? "a certificate" : domain_text(one->names.front());
    const auto days = one->days_left(now);
    if (!one->retired(now) && days < soon.count())
      warnings.push_back(name + " ends in " + std::to_string(days) + " days, at "
                         + to_rfc3339(one->ends()));
    if (one->staple && !one->staple->is_fresh(now))
      warnings.push_back("the OCSP response for " + name + " is too old and not stapled");
  }
  return warnings;
}

std::optional<int> due_warning(const certificate_facts& facts, time_point before,
                               time_point now) {
  if (facts.retired(now))
    return std::nullopt;
  for (const int days : {1, 7, 14, 30})
    if (const auto due = facts.ends() - std::chrono::days{days}; due <= now)
      return before < due ? std::optional{days} : std::nullopt;
  return std::nullopt;
}

} // namespace stellwerk::tls

#include "actors/tls/certificate_status.hpp"

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

} // namespace

std::vector<certificate_status> status_of(const server_certificates& table, time_point now) {
  std::vector<certificate_status> all;
  for (const auto& one : table.list())
    all.push_back({one->names, to_rfc3339(one->not_after), one->days_left(now), one->legacy,
                   one->retired(now)});
  return all;
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

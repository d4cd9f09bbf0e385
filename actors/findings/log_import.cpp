#include "actors/findings/log_import.hpp"

#include "protocol/logs/event_findings.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stellwerk {
namespace {

/// As much as there is, up to so many octets; less at the end.
std::string read_octets(int descriptor, std::size_t most) {
  std::string octets(most, '\0');
  std::size_t filled = 0;
  while (filled < most) {
    const auto count = ::read(descriptor, octets.data() + filled, most - filled);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      throw std::system_error{errno, std::generic_category()};
    if (count == 0)
      break;
    filled += static_cast<std::size_t>(count);
  }
  octets.resize(filled);
  return octets;
}

/// SHA-256 in hex digits.
std::string digest_of(std::string_view octets) {
  std::array<unsigned char, 32> sum{};
  if (EVP_Digest(octets.data(), octets.size(), sum.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"SHA-256 is not to be had"};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto octet : sum)
    text += {digits[octet / 16U], digits[octet % 16U]};
  return text;
}

/// Its first line, or as much of it as a line may have.
std::string_view first_line(std::string_view begin) {
  return begin.substr(0, std::min(begin.find('\n'), logs::mail_log_reader::longest_line));
}

} // namespace

log_import::log_import(finding_store& store, const account_table& accounts,
                       const findings_settings& settings, finding_record::time_point now,
                       logs::time_zone local)
    : store_{store}, accounts_{accounts}, settings_{settings}, now_{now},
      // Lines that are written meanwhile, and another machine's clock, are not last year's.
      reader_{now + std::chrono::hours{1}, std::move(local)} {}

void log_import::read(int descriptor) {
  reader_.begin_file();
  auto octets = read_octets(descriptor, octets_at_once);
  log_ = digest_of(first_line(octets));
  written_ = store_.octets_read(log_);
  auto to_skip = written_;
  for (; !octets.empty(); octets = read_octets(descriptor, octets_at_once)) {
    std::string_view rest{octets};
    const auto known = std::min<std::uint64_t>(to_skip, rest.size());
    skip(rest.substr(0, known));
    to_skip -= known;
    take(rest.substr(known));
  }
  write();
}

void log_import::skip(std::string_view octets) {
  const auto before = reader_.lines();
  while (reader_.take(octets)) {
  }
  summary_.lines_before += reader_.lines() - before;
}

void log_import::take(std::string_view octets) {
  const auto lines = reader_.lines();
  const auto unreadable = reader_.unreadable();
  while (const auto event = reader_.take(octets))
    note(*event);
  summary_.lines += reader_.lines() - lines;
  summary_.unreadable += reader_.unreadable() - unreadable;
  if (std::max(found_.size(), observed_.size()) >= findings_at_once)
    write();
}

void log_import::note(const logs::mail_event& event) {
  if (event.what == logs::mail_event::kind::message)
    ++summary_.messages;
  else
    ++summary_.logins;
  if (!event.accepted)
    ++summary_.refused_logins;
  auto judged = logs::judge_event(accounts_, event);
  const auto day = std::chrono::floor<std::chrono::days>(event.when);
  summary_.days.insert(day);
  observed_.emplace(all_domains, day);
  if (event.accepted && !judged.domain.empty())
    observed_.emplace(std::move(judged.domain), day);
  for (auto& what : judged.found) {
    if (!make_fit(what))
      continue;
    ++summary_.findings[what.kind];
    const std::uint64_t accepted = what.accepted ? 1 : 0;
    found_.note({std::move(what), 1, accepted, event.when, event.when});
  }
}

void log_import::write() {
  const auto end = reader_.octets();
  if (end <= written_)
    return; // Nothing has come to an end.
  finding_batch batch{.found = found_.take(),
                      .observed = std::exchange(observed_, {}),
                      .log = log_progress{log_, written_, end, now_}};
  rows_added_ += store_.add(batch);
  written_ = end;
  if (rows_added_ > settings_.max_rows / 100)
    trim();
}

void log_import::trim() {
  store_.trim(settings_.max_rows, now_ - settings_.retention);
  rows_added_ = 0;
}

} // namespace stellwerk

#include "actors/findings/finding_tally.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::size_t longest_login = 512;
constexpr std::size_t longest_text = 320; // An address of RFC 5321 section 4.5.3.1.

void cut(std::string& text) {
  if (text.size() > longest_text)
    text.resize(longest_text);
}

void join(finding_record& into, finding_record other) {
  into.count += other.count;
  into.accepted += other.accepted;
  into.first_seen = std::min(into.first_seen, other.first_seen);
  if (other.last_seen < into.last_seen)
    return;
  into.last_seen = other.last_seen;
  into.what = std::move(other.what);
}

} // namespace

bool make_fit(finding& what) {
  if (what.login.size() > longest_login || what.domain.size() > longest_text)
    return false;
  if (what.address.size() > longest_text)
    what.address.clear();
  for (auto* text : {&what.client, &what.software, &what.tls, &what.listener, &what.name})
    cut(*text);
  return true;
}

finding_tally::key finding_tally::key_of(const finding& what) {
  return {what.kind, what.login, what.address, what.domain,
          what.login.empty() ? what.client : std::string{}};
}

void finding_tally::note(finding_record one) {
  auto same = key_of(one.what);
  if (const auto found = held_.find(same); found != held_.end())
    join(found->second, std::move(one));
  else if (held_.size() < most_)
    held_.emplace(std::move(same), std::move(one));
}

std::vector<finding_record> finding_tally::take() {
  std::vector<finding_record> all;
  all.reserve(held_.size());
  for (auto& [same, one] : held_)
    all.push_back(std::move(one));
  held_.clear();
  return all;
}

} // namespace stellwerk

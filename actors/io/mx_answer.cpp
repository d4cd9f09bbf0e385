#include "actors/io/mx_answer.hpp"

#include <algorithm>
#include <arpa/nameser.h>
#include <array>
#include <resolv.h>
#include <utility>

namespace stellwerk::io {

mx_records parse_mx_answer(std::span<const unsigned char> message) {
  mx_records result;
  ns_msg parsed{};
  if (ns_initparse(message.data(), static_cast<int>(message.size()), &parsed) != 0) {
    result.problem = "the DNS answer is broken";
    return result;
  }
  std::vector<std::pair<unsigned, std::string>> found;
  for (int at = 0; at < ns_msg_count(parsed, ns_s_an); ++at) {
    ns_rr record{};
    std::array<char, NS_MAXDNAME> name{};
    if (ns_parserr(&parsed, ns_s_an, at, &record) != 0)
      break;
    if (ns_rr_type(record) != ns_t_mx || ns_rr_rdlen(record) < 3)
      continue;
    const auto* data = ns_rr_rdata(record);
    if (dn_expand(message.data(), message.data() + message.size(), data + 2, name.data(),
                  static_cast<int>(name.size()))
        < 0)
      break;
    const auto ttl = static_cast<std::uint32_t>(ns_rr_ttl(record));
    result.ttl_seconds = found.empty() ? ttl : std::min(result.ttl_seconds, ttl);
    const std::string host{name.data()};
    found.emplace_back(ns_get16(data), host.empty() ? "." : host);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [preference, host] : found)
    result.hosts.push_back(std::move(host));
  result.has_none = result.hosts.empty();
  if (result.has_none)
    result.problem = "no MX record";
  return result;
}

} // namespace stellwerk::io

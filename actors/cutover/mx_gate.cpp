#include "actors/cutover/gate_keeper.hpp"

#include "actors/io/dns_resolver.hpp"
#include "actors/log/line.hpp"
#include "actors/log/log.hpp"
#include "protocol/base/ip_address.hpp"

#include <algorithm>

// The gate `mx`: does the world's mail for the domain come to us?
namespace stellwerk {
namespace {

/// What is cached of an older record ends that soon.
constexpr std::chrono::seconds longest_ttl{3600};

bool is_ours(const std::vector<std::string>& ours, std::string_view address) {
  const auto parsed = parse_ip_address(address);
  return parsed && std::any_of(ours.begin(), ours.end(), [&](const std::string& one) {
           const auto mine = parse_ip_address(one);
           return mine && unmapped(*mine) == unmapped(*parsed);
         });
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : "; ") + part;
  return text;
}

} // namespace

struct gate_keeper::mx_sighting {
  std::vector<std::string> hosts{}; ///< As `mx_memory` keeps them.
  std::chrono::seconds ttl{};       ///< The longest that a cache holds any of it.
  std::vector<std::string> faults{};
  bool is_whole = true; ///< Nothing is unknown, be it that there is nothing.
};

/// Where one host leads, with its addresses asked afresh: they move the mail as the records do.
io::task<void> gate_keeper::look_at(const standing& now, std::string host, mx_sighting& seen) {
  if (host == ".") {
    seen.hosts.push_back(std::move(host));
    seen.faults.emplace_back("the domain takes no mail (null MX)");
    co_return;
  }
  io::resolve_request question{host, true};
  const auto found
      = co_await owner_.ask<io::resolved>(surroundings_->resolver, std::move(question));
  if (!found || found->addresses.empty()) {
    seen.is_whole = seen.is_whole && found && !found->exists;
    seen.faults.push_back(host + ": " + (found ? found->problem : "no resolver"));
    seen.hosts.push_back(std::move(host));
    co_return;
  }
  seen.ttl = std::max(seen.ttl, std::chrono::seconds{found->ttl_seconds});
  std::vector<std::string> addresses;
  for (const auto& one : found->addresses)
    addresses.push_back(one.address());
  std::sort(addresses.begin(), addresses.end());
  for (const auto& one : addresses)
    if (!is_ours(now.now->settings().public_addresses, one)) {
      seen.faults.push_back(host + " leads to " + one);
      break;
    }
  for (const auto& one : addresses)
    host += ' ' + one;
  seen.hosts.push_back(std::move(host));
}

/// When caches may still hold what the domain had before: until then.
std::optional<mx_memory::clock::time_point>
gate_keeper::remember_mx(const std::string& domain, const mx_sighting& sighting) {
  auto& seen = surroundings_->mx_seen;
  const auto until = seen.note(domain, sighting.hosts, sighting.ttl, mx_memory::clock::now());
  surroundings_->disk->post([folder = surroundings_->state_dir, all = seen.all()] {
    if (const auto problem = save_mx_memory(folder, all); !problem.empty())
      log::write(log::event::warning_noted, {{"what", problem}});
  });
  return until;
}

io::task<gate_result> gate_keeper::mx(const standing& now, const std::string& domain) {
  gate_result result{"mx",
                     false,
                     {},
                     "every MX leads to public_addresses, TTL at most "
                         + std::to_string(longest_ttl.count())
                         + " s, the TTL of what was there before is over"};
  if (now.now->settings().public_addresses.empty()) {
    result.value = "public_addresses is not set, so nothing can be compared";
    co_return result;
  }
  io::mx_request question{domain};
  auto records
      = co_await owner_.ask<io::mx_records>(surroundings_->resolver, std::move(question));
  if (!records || (records->hosts.empty() && !records->has_none)) {
    result.value = records ? records->problem : "no resolver";
    co_return result;
  }
  if (records->has_none)
    records->hosts.push_back(domain); // The implicit MX (RFC 5321 section 5.1).
  mx_sighting seen{.ttl = std::chrono::seconds{records->ttl_seconds}};
  for (const auto& host : records->hosts)
    co_await look_at(now, host, seen);
  if (seen.is_whole)
    if (const auto until = remember_mx(domain, seen))
      seen.faults.push_back("other records were there before, and caches may have them until "
                            + log::timestamp(*until));
  result.ok = seen.faults.empty() && seen.ttl <= longest_ttl;
  result.value = (records->has_none ? "no MX record, so " : "")
                 + joined(seen.faults.empty() ? records->hosts : seen.faults) + ", TTL "
                 + std::to_string(seen.ttl.count()) + " s";
  co_return result;
}

} // namespace stellwerk

#include "actors/cutover/mx_memory.hpp"

#include "actors/kept_json.hpp"

#include <algorithm>
#include <utility>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "mx_seen.json";
}

json to_json(const mx_memory::sighting& one) {
  const auto first = std::chrono::floor<std::chrono::seconds>(one.first);
  return {{"hosts", one.hosts},
          {"ttl", one.ttl.count()},
          {"first", first.time_since_epoch().count()}};
}

mx_memory::sighting read_sighting(const json& one) {
  return {
      one.at("hosts").get<std::vector<std::string>>(),
      std::chrono::seconds{one.at("ttl").get<std::int64_t>()},
      mx_memory::clock::time_point{std::chrono::seconds{one.at("first").get<std::int64_t>()}}};
}

} // namespace

std::optional<mx_memory::clock::time_point> mx_memory::note(const std::string& domain,
                                                            std::vector<std::string> hosts,
                                                            std::chrono::seconds ttl,
                                                            clock::time_point now) {
  std::sort(hosts.begin(), hosts.end());
  const std::lock_guard guard{mutex_};
  auto& [present, former] = seen_[domain];
  if (present.hosts == hosts) {
    present.ttl = std::max(present.ttl, ttl);
  } else {
    former = std::exchange(present, {std::move(hosts), ttl, now});
  }
  const auto gone = present.first + former.ttl;
  return former.hosts.empty() || gone <= now ? std::nullopt : std::optional{gone};
}

mx_memory::histories mx_memory::all() const {
  const std::lock_guard guard{mutex_};
  return seen_;
}

void mx_memory::restore(histories kept) {
  const std::lock_guard guard{mutex_};
  seen_ = std::move(kept);
}

mx_memory::histories load_mx_memory(const std::filesystem::path& state_dir) {
  mx_memory::histories all;
  const bool is_whole = read_kept(file_in(state_dir), [&](const json& read) {
    for (const auto& [domain, one] : read.items())
      all[domain] = {read_sighting(one.at("present")), read_sighting(one.at("former"))};
  });
  return is_whole ? all : mx_memory::histories{};
}

std::string save_mx_memory(const std::filesystem::path& state_dir,
                           const mx_memory::histories& all) {
  json whole = json::object();
  for (const auto& [domain, one] : all)
    whole[domain] = {{"present", to_json(one.present)}, {"former", to_json(one.former)}};
  return write_kept(file_in(state_dir), whole);
}

} // namespace stellwerk

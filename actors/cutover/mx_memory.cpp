#include "actors/cutover/mx_memory.hpp"

#include "actors/io/atomic_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
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
  std::ifstream file{file_in(state_dir)};
  if (!file)
    return all;
  try {
    const auto read = json::parse(file);
    for (const auto& [domain, one] : read.items())
      all[domain] = {read_sighting(one.at("present")), read_sighting(one.at("former"))};
  } catch (const json::exception&) {
    all.clear();
  }
  return all;
}

std::string save_mx_memory(const std::filesystem::path& state_dir,
                           const mx_memory::histories& all) {
  json whole = json::object();
  for (const auto& [domain, one] : all)
    whole[domain] = {{"present", to_json(one.present)}, {"former", to_json(one.former)}};
  return io::replace_file(file_in(state_dir),
                          whole.dump(-1, ' ', false, json::error_handler_t::replace) + '\n');
}

} // namespace stellwerk

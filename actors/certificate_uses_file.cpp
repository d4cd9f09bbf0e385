#include "actors/certificate_uses_file.hpp"

#include "actors/kept_json.hpp"

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;
using ledger = tls::certificate_ledger;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "certificate_uses.json";
}

json to_json(const ledger::name_key& key, const ledger::record& one) {
  const auto at = std::chrono::floor<std::chrono::seconds>(one.last_login_at);
  return {{"name", key.name},
          {"asked", key.asked},
          {"newest_hour", one.newest_hour},
          {"handshakes", one.handshakes},
          {"refused", one.refused},
          {"last_login", one.last_login},
          {"last_login_at", at.time_since_epoch().count()}};
}

void read_one(const json& one, ledger::records& into) {
  ledger::record read;
  one.at("newest_hour").get_to(read.newest_hour);
  one.at("handshakes").get_to(read.handshakes);
  one.at("refused").get_to(read.refused);
  one.at("last_login").get_to(read.last_login);
  read.last_login_at += std::chrono::seconds{one.at("last_login_at").get<std::int64_t>()};
  into[{one.at("name").get<std::string>(), one.at("asked").get<bool>()}] = std::move(read);
}

} // namespace

ledger::records load_certificate_uses(const std::filesystem::path& state_dir) {
  ledger::records all;
  const bool is_whole = read_kept(file_in(state_dir), [&](const json& read) {
    for (const auto& one : read.at("names"))
      if (all.size() < ledger::most_names)
        read_one(one, all);
  });
  return is_whole ? all : ledger::records{};
}

std::string save_certificate_uses(const std::filesystem::path& state_dir,
                                  const ledger::records& all) {
  json names = json::array();
  for (const auto& [key, one] : all)
    names.push_back(to_json(key, one));
  json whole = json::object();
  whole["names"] = std::move(names);
  return write_kept(file_in(state_dir), whole);
}

} // namespace stellwerk

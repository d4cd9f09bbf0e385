#include "actors/flip_file.hpp"

#include "actors/kept_json.hpp"

#include <array>
#include <utility>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;
using std::chrono::seconds;
using clock = flip_watch::clock;

constexpr std::array<std::pair<traffic_kind, const char*>, 3> kinds{
    {{traffic_kind::logins, "logins"},
     {traffic_kind::recipients, "recipients"},
     {traffic_kind::backend, "backend"}}};

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "flips.json";
}

std::int64_t seconds_of(clock::time_point when) {
  return std::chrono::floor<seconds>(when).time_since_epoch().count();
}

clock::time_point read_time(const json& value) {
  return clock::time_point{seconds{value.get<std::int64_t>()}};
}

json to_json(const outcome_counts& counts) {
  return {{"good", counts.good}, {"bad", counts.bad}};
}

outcome_counts read_counts(const json& value) {
  return {value.at("good").get<std::uint64_t>(), value.at("bad").get<std::uint64_t>()};
}

json to_json(const flip_watch::report& flip) {
  json told{{"to", text_of(flip.to)},
            {"since", seconds_of(flip.since)},
            {"until", seconds_of(flip.until)},
            {"doubted", flip.doubted}};
  for (const auto& [kind, name] : kinds) {
    const auto at = static_cast<std::size_t>(kind);
    told[name] = {{"before", to_json(flip.before.at(at))},
                  {"after", to_json(flip.after.at(at))},
                  {"worse", flip.worse.contains(kind)}};
  }
  return told;
}

flip_watch::report read_flip(const json& told) {
  flip_watch::report flip;
  flip.to = told.at("to").get<std::string>() == text_of(phase::on_new) ? phase::on_new
                                                                       : phase::on_old;
  flip.since = read_time(told.at("since"));
  flip.until = read_time(told.at("until"));
  flip.doubted = told.at("doubted").get<std::set<std::string>>();
  for (const auto& [kind, name] : kinds) {
    const auto& one = told.at(name);
    const auto at = static_cast<std::size_t>(kind);
    flip.before.at(at) = read_counts(one.at("before"));
    flip.after.at(at) = read_counts(one.at("after"));
    if (one.at("worse").get<bool>())
      flip.worse.insert(kind);
  }
  return flip;
}

} // namespace

flip_watch::memories load_flips(const std::filesystem::path& state_dir) {
  flip_watch::memories all;
  const bool is_whole = read_kept(file_in(state_dir), [&](const json& read) {
    for (const auto& [domain, one] : read.items()) {
      auto& memory = all[domain];
      memory.home = one.at("home").get<std::string>() == text_of(side::on_new) ? side::on_new
                                                                               : side::on_old;
      if (const auto& flip = one.at("flip"); !flip.is_null())
        memory.flip = read_flip(flip);
    }
  });
  return is_whole ? all : flip_watch::memories{};
}

std::string save_flips(const std::filesystem::path& state_dir,
                       const flip_watch::memories& all) {
  json whole = json::object();
  for (const auto& [domain, one] : all)
    whole[domain]
        = {{"home", text_of(one.home)}, {"flip", one.flip ? to_json(*one.flip) : json{}}};
  return write_kept(file_in(state_dir), whole);
}

} // namespace stellwerk

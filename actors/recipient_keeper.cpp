#include "actors/recipient_keeper.hpp"

#include "actors/flip_file.hpp"
#include "actors/kept_json.hpp"
#include "actors/log/log.hpp"

#include <caf/event_based_actor.hpp>

#include <utility>

namespace stellwerk {
namespace {

using json = nlohmann::ordered_json;

constexpr std::chrono::minutes between_saves{1};

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "recipients.json";
}

class recipient_keeper final : public caf::event_based_actor {
public:
  recipient_keeper(caf::actor_config& config, environment_ptr surroundings)
      : event_based_actor{config}, surroundings_{std::move(surroundings)} {}

private:
  caf::behavior make_behavior() override {
    surroundings_->recipients.restore(load_recipients(surroundings_->state_dir));
    delayed_send(this, between_saves, caf::tick_atom::value);
    return {[this](caf::tick_atom) {
      save();
      delayed_send(this, between_saves, caf::tick_atom::value);
    }};
  }

  void on_exit() override {
    save();
    surroundings_.reset();
  }

  void save() {
    save_recipients_if_changed();
    save_flips_if_changed();
  }

  void save_flips_if_changed() {
    auto all = surroundings_->flips->kept();
    if (all == saved_flips_)
      return;
    saved_flips_ = all;
    surroundings_->disk->post([folder = surroundings_->state_dir, all = std::move(all)] {
      if (const auto problem = save_flips(folder, all); !problem.empty())
        log::write(log::event::warning_noted, {{"what", problem}});
    });
  }

  void save_recipients_if_changed() {
    const auto changes = surroundings_->recipients.changes();
    if (changes == saved_)
      return;
    saved_ = changes;
    surroundings_->disk->post(
        [folder = surroundings_->state_dir, all = surroundings_->recipients.all()] {
          if (const auto problem = save_recipients(folder, all); !problem.empty())
            log::write(log::event::warning_noted, {{"what", problem}});
        });
  }

  environment_ptr surroundings_;
  std::size_t saved_ = 0;
  flip_watch::memories saved_flips_;
};

} // namespace

recipient_memory::records load_recipients(const std::filesystem::path& state_dir) {
  recipient_memory::records all;
  const bool is_whole = read_kept(file_in(state_dir), [&](const json& read) {
    std::size_t count = 0;
    for (const auto& [domain, known] : read.items())
      for (const auto& [address, by] : known.items())
        if (++count <= recipient_memory::most)
          all[domain][address] = {by.at("old").get<bool>(), by.at("new").get<bool>()};
  });
  return is_whole ? all : recipient_memory::records{};
}

std::string save_recipients(const std::filesystem::path& state_dir,
                            const recipient_memory::records& all) {
  json whole = json::object();
  for (const auto& [domain, known] : all)
    for (const auto& [address, by] : known)
      whole[domain][address] = {{"old", by.on_old}, {"new", by.on_new}};
  return write_kept(file_in(state_dir), whole);
}

caf::actor spawn_recipient_keeper(caf::actor_system& system, environment_ptr surroundings) {
  return system.spawn<recipient_keeper>(std::move(surroundings));
}

} // namespace stellwerk

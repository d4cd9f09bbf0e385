#pragma once

#include "config/routes.hpp"
#include "protocol/cutover/traffic_record.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace stellwerk {

/// Is a domain worse off on the side where it has come to than it was before? Counts what went
/// well and what did not for each listed domain, compares for `budgets.watch` after a flip, and
/// says so in the log once for each kind, as soon as it is clear. Shared by all sessions;
/// locked once per login and once per recipient.
class flip_watch {
public:
  using clock = std::chrono::system_clock;
  /// So long a new server's "no such user" is not believed about whom the former one knew.
  static constexpr std::chrono::hours newcomer{24};
  static constexpr std::size_t most_doubted = 100;

  /// What has become of a flip.
  struct report {
    phase to = phase::on_new;
    clock::time_point since{};
    clock::time_point until{};
    traffic_counts before{};
    traffic_counts after{};
    std::set<traffic_kind> worse{};
    /// Recipients whom this side refuses and the other had taken; at most `most_doubted`.
    std::set<std::string> doubted{};
    std::string way_back{}; ///< The command.
    bool operator==(const report&) const = default;
  };

  /// The phases in force, and since when; told at the start and at each change.
  void follow(const route_table& routes, const std::map<std::string, clock::time_point>& since,
              std::chrono::seconds watch, clock::time_point now = clock::now());

  /// Domains that are not listed are nobody's flip.
  void note(const std::string& domain, traffic_kind what, bool went_well,
            clock::time_point now = clock::now());
  /// Has the domain come to where it is within the last day, or is it on its way?
  [[nodiscard]] bool is_newcomer(const std::string& domain,
                                 clock::time_point now = clock::now()) const;
  /// A recipient is refused whom the other side had taken; says so in the log. ASCII case is
  /// folded.
  void note_doubted(const std::string& domain, const std::string& address,
                    const std::string& heard);
  /// It takes that recipient: whoever was missing has been created.
  void note_taken(const std::string& domain, const std::string& address);

  /// Flips of the last day, by their domains.
  [[nodiscard]] std::map<std::string, report> reports(clock::time_point now
                                                      = clock::now()) const;

  /// What a restart has to know of a domain.
  struct memory {
    side home = side::on_old;     ///< Where it was served last.
    std::optional<report> flip{}; ///< Of the last day.
    bool operator==(const memory&) const = default;
  };
  using memories = std::map<std::string, memory>;
  [[nodiscard]] memories kept(clock::time_point now = clock::now()) const;
  /// Before the first `follow`, which may find that a domain has moved meanwhile.
  void restore(memories kept);

private:
  struct entry {
    traffic_record traffic;
    std::optional<side> home; ///< Where it was served last.
    bool is_away = false;     ///< Between the sides.
    traffic_counts before{};  ///< As it left its home.
    clock::time_point since{};
    std::optional<report> flip{};
  };

  mutable std::mutex mutex_;
  std::map<std::string, entry> domains_;
};

} // namespace stellwerk

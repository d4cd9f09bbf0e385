#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// Who is at which backend, or about to be, or parked. Belongs to the router; no thread of its
/// own.
class presence_book {
public:
  /// Counts, or moves what was counted under this ticket: an order to leave the former place is
  /// void then, a release too, a kick is not.
  void enter(std::uint64_t ticket, presence who);
  void leave(std::uint64_t ticket);

  /// A drain, counted from 1: who was told to end together.
  using wave = std::uint64_t;
  /// Everybody for whom `now` decides otherwise than where they are, and who has not been told
  /// yet; marks them as told in `told`.
  [[nodiscard]] std::vector<presence> take_misplaced(const world& now, wave told);
  /// How many of a domain (`domain_key`) are not where `now` wants them, told or not.
  [[nodiscard]] std::size_t count_misplaced(const world& now, std::string_view domain) const;
  /// Everybody who is parked and whom `now` does not hold any more, and who has not been
  /// released yet; who came first is first. Marks them as released.
  [[nodiscard]] std::vector<presence> take_released(const world& now);
  /// Everybody who is logged in with that login (octet for octet), under that domain
  /// (`domain_key`) or in that session (`session=7f3a`, as in the log), parked or not, told
  /// before or not; marks them as told for good, in `told` at the latest.
  [[nodiscard]] std::vector<presence> kick(std::string_view whom, wave told);
  /// Told to end in wave `last` or before, and still there.
  [[nodiscard]] std::vector<presence> told_up_to(wave last) const;

  [[nodiscard]] std::vector<presence> all() const;
  /// How many are where, by domain.
  struct tally {
    std::size_t sessions_on_old = 0;
    std::size_t sessions_on_new = 0;
    std::size_t parked = 0;
    std::size_t deliveries = 0;
  };
  [[nodiscard]] std::map<std::string, tally> tallies() const;
  /// How many sessions are still there, with anything, though told to end.
  [[nodiscard]] std::size_t sessions_draining() const;

private:
  struct entry {
    presence who;
    wave told = 0; // Not yet.
    bool kicked = false;
    bool released = false;
  };
  std::unordered_map<std::uint64_t, entry> entries_;
};

/// Where `who` belongs under `now`; nothing: nowhere (held or refused).
[[nodiscard]] std::optional<side> place_of(const world& now, const presence& who);
/// Is a parked login held under `now`, and counted under the domain that holds it?
[[nodiscard]] bool is_held(const world& now, const presence& who);

} // namespace stellwerk

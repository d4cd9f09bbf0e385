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

/// Who is at which backend, or about to be. Belongs to the router; no thread of its own.
class presence_book {
public:
  /// Counts, or moves what was counted under this ticket.
  void enter(std::uint64_t ticket, presence who);
  void leave(std::uint64_t ticket);

  /// A drain, counted from 1: who was told to end together.
  using wave = std::uint64_t;
  /// Everybody for whom `now` decides otherwise than where they are, and who has not been told
  /// yet; marks them as told in `told`.
  [[nodiscard]] std::vector<presence> take_misplaced(const world& now, wave told);
  /// Everybody with that login (octet for octet) or of that domain (`domain_key`).
  [[nodiscard]] std::vector<presence> find(std::string_view login_or_domain) const;
  /// Told to end in wave `last` or before, and still there.
  [[nodiscard]] std::vector<presence> told_up_to(wave last) const;

  [[nodiscard]] std::vector<presence> all() const;
  /// How many are where, by domain.
  struct tally {
    std::size_t sessions_on_old = 0;
    std::size_t sessions_on_new = 0;
    std::size_t deliveries = 0;
  };
  [[nodiscard]] std::map<std::string, tally> tallies() const;
  /// Still there though told to end.
  [[nodiscard]] std::size_t draining_count() const { return draining_; }

private:
  struct entry {
    presence who;
    wave told = 0; // Not yet.
  };
  std::unordered_map<std::uint64_t, entry> entries_;
  std::size_t draining_ = 0;
};

/// Where `who` belongs under `now`; nothing: nowhere (held or refused).
[[nodiscard]] std::optional<side> place_of(const world& now, const presence& who);

} // namespace stellwerk

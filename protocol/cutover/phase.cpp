#include "protocol/cutover/phase.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

struct meaning {
  phase value;
  std::string_view text;
  std::optional<side> access; // nothing: parked
  side submission;
  std::optional<side> delivery; // nothing: held
  side destination;
};

constexpr std::array meanings{
    meaning{phase::on_old, "old", side::on_old, side::on_old, side::on_old, side::on_old},
    meaning{phase::moving, "moving", {}, side::on_old, {}, side::on_new},
    meaning{phase::on_new, "new", side::on_new, side::on_new, side::on_new, side::on_new},
    meaning{phase::returning, "returning", {}, side::on_new, {}, side::on_old},
};

// From each phase: the way forward, then the way back. The direct flips old -> new and
// new -> old are for operators whose mailboxes are already the same.
constexpr std::array from_old{phase::moving, phase::on_new};
constexpr std::array from_moving{phase::on_new, phase::on_old};
constexpr std::array from_new{phase::returning, phase::on_old};
constexpr std::array from_returning{phase::on_old, phase::on_new};

const meaning& meaning_of(phase value) { return meanings.at(static_cast<std::size_t>(value)); }

} // namespace

std::string_view text_of(phase value) { return meaning_of(value).text; }

std::string_view text_of(side value) { return value == side::on_old ? "old" : "new"; }

std::optional<phase> parse_phase(std::string_view text) {
  for (const auto& row : meanings)
    if (row.text == text)
      return row.value;
  return std::nullopt;
}

std::optional<side> parse_side(std::string_view text) {
  if (text == "old")
    return side::on_old;
  if (text == "new")
    return side::on_new;
  return std::nullopt;
}

std::span<const phase> next_phases(phase from) {
  switch (from) {
    case phase::on_old:
      return from_old;
    case phase::moving:
      return from_moving;
    case phase::on_new:
      return from_new;
    case phase::returning:
      return from_returning;
  }
  return {};
}

bool may_follow(phase from, phase to) {
  const auto next = next_phases(from);
  return std::find(next.begin(), next.end(), to) != next.end();
}

std::optional<side> access_of(phase value) { return meaning_of(value).access; }
side submission_of(phase value) { return meaning_of(value).submission; }
std::optional<side> delivery_of(phase value) { return meaning_of(value).delivery; }
side destination_of(phase value) { return meaning_of(value).destination; }

} // namespace stellwerk

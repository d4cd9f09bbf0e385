#include "protocol/cutover/traffic_record.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr std::uint64_t fewest_bad = 5;
/// The share must have more than doubled, and have grown by that much: in hundredths.
constexpr std::uint64_t least_growth = 5;

} // namespace

std::string_view text_of(traffic_kind value) {
  switch (value) {
    case traffic_kind::logins:
      return "logins refused";
    case traffic_kind::recipients:
      return "recipients refused";
    case traffic_kind::backend:
      break;
  }
  return "calls of the backend failed";
}

// share_after > 2 * share_before + least_growth / 100, without a division by nothing.
bool is_worse(const outcome_counts& before, const outcome_counts& after) {
  if (after.bad < fewest_bad)
    return false;
  const auto earlier = std::max<std::uint64_t>(before.all(), 1);
  return after.bad * 100 * earlier
         > after.all() * (2 * 100 * before.bad + least_growth * earlier);
}

std::string comparison_text(traffic_kind what, const outcome_counts& before,
                            const outcome_counts& after) {
  return std::to_string(after.bad) + " of " + std::to_string(after.all()) + ' '
         + std::string{text_of(what)} + ", " + std::to_string(before.bad) + " of "
         + std::to_string(before.all()) + " before";
}

void traffic_record::note(traffic_kind what, bool went_well, time_point now) {
  const auto begin = std::chrono::floor<std::chrono::minutes>(now);
  if (minutes_.empty() || minutes_.back().begin < begin) {
    std::erase_if(minutes_, [&](const minute& one) { return one.begin + kept <= begin; });
    minutes_.push_back({begin, {}});
  }
  minutes_.back().counted[static_cast<std::size_t>(what)].note(went_well);
}

traffic_counts traffic_record::of_last(std::chrono::seconds window, time_point now) const {
  traffic_counts sum{};
  for (const auto& one : minutes_) {
    if (one.begin + std::chrono::minutes{1} <= now - window || one.begin > now)
      continue;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i].good += one.counted[i].good;
      sum[i].bad += one.counted[i].bad;
    }
  }
  return sum;
}

} // namespace stellwerk

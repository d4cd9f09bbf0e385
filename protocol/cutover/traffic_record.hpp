#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// What a domain's users would call about.
enum class traffic_kind : std::uint8_t {
  logins,     ///< Bad: the server has refused it.
  recipients, ///< Bad: a side has refused it for good.
  backend,    ///< Bad: it could not be reached, or broke off.
};
inline constexpr std::array all_traffic_kinds{traffic_kind::logins, traffic_kind::recipients,
                                              traffic_kind::backend};
/// What is counted, for a sentence: "12 of 40 logins refused".
[[nodiscard]] std::string_view text_of(traffic_kind value);

/// How often something went well, and how often not.
struct outcome_counts {
  std::uint64_t good = 0;
  std::uint64_t bad = 0;

  [[nodiscard]] std::uint64_t all() const { return good + bad; }
  void note(bool went_well) { ++(went_well ? good : bad); }
  bool operator==(const outcome_counts&) const = default;
};
using traffic_counts = std::array<outcome_counts, all_traffic_kinds.size()>;

/// Is the share of what went badly clearly larger? A handful never is: somebody always mistypes
/// a password.
[[nodiscard]] bool is_worse(const outcome_counts& before, const outcome_counts& after);

/// "12 of 40 logins refused, 1 of 90 before".
[[nodiscard]] std::string comparison_text(traffic_kind what, const outcome_counts& before,
                                          const outcome_counts& after);

/// One domain's last hour, minute by minute. Costs 100 octets for each minute with traffic.
class traffic_record {
public:
  using time_point = std::chrono::system_clock::time_point;
  static constexpr std::chrono::minutes kept{60};

  void note(traffic_kind what, bool went_well, time_point now);
  /// Of the last `window`, at most `kept`; the minute that has begun counts whole.
  [[nodiscard]] traffic_counts of_last(std::chrono::seconds window, time_point now) const;

private:
  struct minute {
    std::chrono::sys_time<std::chrono::minutes> begin;
    traffic_counts counted;
  };
  std::vector<minute> minutes_; ///< In their order.
};

} // namespace stellwerk

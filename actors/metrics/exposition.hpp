#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk::metrics {

/// Builds a page in Prometheus's text format 0.0.4: a family, then its samples, then the next.
class exposition {
public:
  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

  enum class kind { counter, gauge, histogram };
  using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  void family(std::string_view name, kind what, std::string_view help);
  /// Of the last family.
  void sample(labels where, std::uint64_t value) { put({}, where, std::to_string(value)); }
  void sample(labels where, std::int64_t value) { put({}, where, std::to_string(value)); }
  /// `_bucket`, `_sum` or `_count` of a histogram.
  void part(std::string_view suffix, labels where, std::string_view value) {
    put(suffix, where, value);
  }

  [[nodiscard]] std::string take() { return std::move(page_); }

private:
  void put(std::string_view suffix, labels where, std::string_view value);

  std::string name_;
  std::string page_;
};

/// Thousandths as a decimal number, the shortest that is exact: `0.025`, `1`, `2.5`.
[[nodiscard]] std::string thousandths(std::uint64_t value);

} // namespace stellwerk::metrics

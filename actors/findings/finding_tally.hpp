#pragma once

#include "protocol/accounts/finding.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace stellwerk {

/// Overlong logins and domains are nobody's: false. Other overlong text is cut, an address
/// left out.
[[nodiscard]] bool make_fit(finding& what);

/// Findings that differ, with how often they were made, between two writes. For one thread.
class finding_tally {
public:
  /// Of more than `most` the rest is lost.
  explicit finding_tally(std::size_t most) : most_{most} {}

  /// What is one row of the database is one record here; client and the like are those of who
  /// was seen last.
  void note(finding_record one);
  /// All of them; it is empty then.
  [[nodiscard]] std::vector<finding_record> take();
  [[nodiscard]] std::size_t size() const { return held_.size(); }

private:
  /// What makes two findings the same.
  using key = std::tuple<finding_kind, std::string, std::string, std::string, std::string>;
  static key key_of(const finding& what);

  std::size_t most_;
  std::map<key, finding_record> held_;
};

} // namespace stellwerk

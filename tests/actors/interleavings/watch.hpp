#pragma once

#include "actors/world.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::test {

/// What somebody is at a backend for.
enum class errand : std::uint8_t { access, submission, delivery };
[[nodiscard]] std::string_view text_of(errand value);

/// Knows the phases in force and says what must not happen: a table of its own, not the
/// router's. Everything is told to it in the step in which it happens, before any other.
class watch {
public:
  explicit watch(while_moving policy) : policy_{policy} {}

  /// The router has published a world, or the same once more.
  void on_published(const world& now);
  /// The router has counted who is where they must not be.
  void on_counted(const std::string& domain, std::size_t misplaced);

  /// Credentials or an envelope have reached a side: only where the epoch in force leads.
  void on_begun(side where, errand what, const std::string& domain, std::string_view words);
  /// Something of what was begun has reached a side: only while the drain is not over.
  void on_going_on(side where, errand what, const std::string& domain, std::string_view words);
  /// The client was told that it may go on there: only where the epoch in force leads.
  void on_promised(side where, errand what, const std::string& domain, std::string_view words);
  void on_trespass(std::string what);

  [[nodiscard]] bool allows(side where, errand what, const std::string& domain) const;
  /// Nobody has been where they must not be since its last change, as far as was counted.
  [[nodiscard]] bool is_drained(const std::string& domain) const {
    return drained_.contains(domain);
  }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] phase now(const std::string& domain) const { return phases_.at(domain); }
  /// What has gone wrong; empty if nothing has.
  [[nodiscard]] const std::vector<std::string>& trespasses() const { return trespasses_; }

  /// How often what happened, so that a test can see that it tests something.
  std::map<std::string, std::size_t> counts;
  /// Of all that was told, in order.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

private:
  void note(side where, errand what, const std::string& domain, std::string_view words);

  while_moving policy_;
  std::uint64_t epoch_ = 0;
  std::map<std::string, phase> phases_;
  std::set<std::string> drained_; ///< Since the last change of each.
  std::vector<std::string> trespasses_;
  std::uint64_t digest_ = 0;
};

} // namespace stellwerk::test

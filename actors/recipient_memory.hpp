#pragma once

#include "config/routes.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// The addresses of listed domains for which a side has taken mail through us: what a gate asks
/// about, and whom a new server may not call unknown on its first day. ASCII case is folded.
/// Shared by all sessions; locked once per recipient.
class recipient_memory {
public:
  /// Beyond, nobody is added any more: some 20 MB.
  static constexpr std::size_t most = 200'000;

  struct sides {
    bool on_old = false;
    bool on_new = false;
    [[nodiscard]] bool& at(side where) { return where == side::on_old ? on_old : on_new; }
    bool operator==(const sides&) const = default;
  };
  /// Domain (`domain_key`) -> address -> who has taken it.
  using records = std::map<std::string, std::unordered_map<std::string, sides>>;

  void note_taken(const std::string& domain, const std::string& address, side by);
  [[nodiscard]] bool has_taken(const std::string& domain, const std::string& address,
                               side by) const;
  /// Every address of the domain.
  [[nodiscard]] std::vector<std::string> of(const std::string& domain) const;

  /// Grows with each change.
  [[nodiscard]] std::size_t changes() const;
  [[nodiscard]] records all() const;
  /// As after a restart; replaces everything.
  void restore(records kept);

private:
  mutable std::mutex mutex_;
  records records_;
  std::size_t count_ = 0;
  std::size_t changes_ = 0;
};

} // namespace stellwerk

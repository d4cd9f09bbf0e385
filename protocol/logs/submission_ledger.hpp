#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stellwerk::logs {

/// Who has handed a message in.
struct submission {
  std::string service;
  std::string login;
  std::string client;
};

/// Messages between smtpd, which tells who has logged in, and qmgr, which tells the sender. Of
/// more than `most` the oldest is forgotten.
class submission_ledger {
public:
  explicit submission_ledger(std::size_t most) : most_{most} {}

  /// In place of an older message under this key: queue ids are used again.
  void add(std::string key, submission who);
  /// And forgets it.
  std::optional<submission> take(const std::string& key);

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

private:
  struct entry {
    std::string key;
    submission who;
  };
  std::size_t most_;
  std::list<entry> by_age_;
  std::unordered_map<std::string, std::list<entry>::iterator> by_key_;
};

} // namespace stellwerk::logs

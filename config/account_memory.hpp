#pragma once

#include <memory>

namespace stellwerk {

struct account_rows;

/// What each source that a network or a lock may put out of reach gave when it was last read;
/// null: it was not.
struct account_memory {
  std::shared_ptr<const account_rows> sqlite;
  std::shared_ptr<const account_rows> postgresql;
  std::shared_ptr<const account_rows> ldap;
};

} // namespace stellwerk

#pragma once

#include "config/diagnostic.hpp"
#include "protocol/accounts/account.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stellwerk {

/// How diagnostics speak of a source of accounts.
struct account_source_words {
  /// In place of a file's name.
  std::string name;
  /// What `position::line` counts: `line`, `row` or `entry`.
  std::string_view unit = "row";
  /// What names the columns.
  std::string_view header = "the query";
};

/// The accounts of one source.
struct account_rows {
  struct origin {
    position where;
    /// The domain stands in the row, and is not what follows the @.
    bool names_domain = false;
  };
  account_source_words source;
  std::vector<account> accounts;
  /// Of the accounts, one each.
  std::vector<origin> origins;
};

/// A value of a row.
struct account_cell {
  std::string_view text;
  position where;
};

/// The rules that every row of accounts keeps, wherever it comes from: columns by name, UTF-8
/// without control characters, at most 64 KiB a value, logins once, domains, senders and pins
/// that are some. What breaks one is a problem; of many only the first thousand are told.
class account_row_reader {
public:
  static constexpr std::array<std::string_view, 6> columns{"login",     "domain",  "old_login",
                                                           "new_login", "senders", "pin"};
  static constexpr std::size_t max_value = std::size_t{64} * 1024;
  static constexpr std::size_t max_rows = 10'000'000;

  account_row_reader(account_source_words source, diagnostics& out);

  /// The names of the columns, in the order of every row; `login` is needed.
  void read_columns(const std::vector<account_cell>& names);
  /// One row. False: there are too many, which is a problem.
  bool read_row(const std::vector<account_cell>& cells);
  void problem(position where, std::string_view column, std::string what);

  [[nodiscard]] account_rows finish();

private:
  using row = std::array<const account_cell*, columns.size()>;

  [[nodiscard]] bool is_sound(const account_cell& cell, std::string_view column);
  void add(const row& cells);
  void add_domain(account& one, const account_cell& login, const account_cell* domain);
  void add_senders(account& one, const account_cell& cell);

  account_rows rows_;
  diagnostics& out_;
  std::size_t rows_read_ = 0;
  std::size_t problems_ = 0;
  std::vector<std::size_t> order_; // of the source's columns, as indices into `columns`
  std::unordered_map<std::string, int> lines_;
};

} // namespace stellwerk

#pragma once

#include "config/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

enum class severity : std::uint8_t {
  problem, ///< The file takes no effect.
  warning, ///< It does, and the operator should know.
};

/// One thing that is wrong with a file.
struct diagnostic {
  std::string file;
  position where;
  /// The whole path of the key, as in `budgets.park`; may be empty.
  std::string key;
  /// Never holds the value of a secret.
  std::string what;
  severity weight = severity::problem;
  /// Passes without an edit: a server is out of reach.
  bool temporary = false;
};

using diagnostics = std::vector<diagnostic>;

/// `file:line:column: key: what is wrong`; a warning says `warning: ` before what is wrong.
[[nodiscard]] std::string text_of(const diagnostic& one);

[[nodiscard]] bool has_problems(const diagnostics& all);
[[nodiscard]] std::size_t count_problems(const diagnostics& all);
/// Are there problems, and would all of them pass without an edit?
[[nodiscard]] bool may_pass(const diagnostics& all);

/// Into the order of the files (as first named in `all`), then of lines and columns.
void sort_by_place(diagnostics& all);

/// ` did you mean "x"?` with a comma before it if one of `known` is close to `word`, else
/// empty.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     const std::vector<std::string_view>& known);

/// Peer or file text fit for a terminal: control octets as \xNN, at most 60 octets, in quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

} // namespace stellwerk

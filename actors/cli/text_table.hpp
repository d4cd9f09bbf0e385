#pragma once

#include <string>
#include <vector>

namespace stellwerk::cli {

/// Rows of text in aligned columns, two blanks between them, none at line ends. Widths count
/// characters of UTF-8. A column whose heading begins with a blank is numbers: to the right.
class text_table {
public:
  explicit text_table(std::vector<std::string> headings);

  /// A cell for each heading; what is missing is empty.
  void add(std::vector<std::string> cells);

  /// The headings and the rows, a line each; nothing if there are no rows.
  [[nodiscard]] std::string text() const;

private:
  std::vector<bool> to_the_right_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace stellwerk::cli

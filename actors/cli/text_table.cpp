#include "actors/cli/text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace stellwerk::cli {

namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

} // namespace

text_table::text_table(std::vector<std::string> headings) {
  for (auto& heading : headings) {
    to_the_right_.push_back(heading.starts_with(' '));
    if (to_the_right_.back())
      heading.erase(0, 1);
  }
  rows_.push_back(std::move(headings));
}

void text_table::add(std::vector<std::string> cells) {
  cells.resize(to_the_right_.size());
  rows_.push_back(std::move(cells));
}

std::string text_table::text() const {
  if (rows_.size() == 1)
    return {};
  std::vector<std::size_t> widths(to_the_right_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += to_the_right_[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

} // namespace stellwerk::cli

#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace stellwerk {

/// What a command has printed and nobody has taken yet. Of one that prints without end the
/// first lines are kept and the last, which say why it failed; between them stands how many
/// were left out. Holds at most `max_first` and `max_last` lines.
class hook_output {
public:
  static constexpr std::size_t max_first = 10000;
  static constexpr std::size_t max_last = 200;

  void add(std::string line);
  /// What may be shown now. Once too much has come the rest waits until it is known to be the
  /// last.
  [[nodiscard]] std::vector<std::string> take(bool is_over);

private:
  std::vector<std::string> first_;
  std::deque<std::string> last_;
  std::size_t first_count_ = 0;
  std::size_t left_out_ = 0;
};

} // namespace stellwerk

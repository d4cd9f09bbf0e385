#include "actors/cutover/hook_output.hpp"

#include <iterator>
#include <utility>

namespace stellwerk {

void hook_output::add(std::string line) {
  if (first_count_ < max_first) {
    first_.push_back(std::move(line));
    ++first_count_;
    return;
  }
  last_.push_back(std::move(line));
  if (last_.size() <= max_last)
    return;
  last_.pop_front();
  ++left_out_;
}

std::vector<std::string> hook_output::take(bool is_over) {
  auto taken = std::exchange(first_, {});
  if (!is_over)
    return taken;
  if (left_out_ > 0)
    taken.push_back(std::to_string(std::exchange(left_out_, 0)) + " lines left out");
  taken.insert(taken.end(), std::make_move_iterator(last_.begin()),
               std::make_move_iterator(last_.end()));
  last_.clear();
  return taken;
}

} // namespace stellwerk

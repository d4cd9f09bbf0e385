#include "actors/cli/move_ticker.hpp"

#include "actors/cli/reply_text.hpp"

#include <iostream>
#include <unistd.h>

namespace stellwerk::cli {
namespace {

constexpr std::size_t width_of_step = 12;

std::int64_t number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string time_text(std::int64_t seconds) {
  return seconds < 60 ? std::to_string(seconds) + 's'
                      : std::to_string(seconds / 60) + 'm' + std::to_string(seconds % 60) + 's';
}

} // namespace

std::string progress_text(const json& progress) {
  auto step = member_text(progress, "step");
  step.resize(std::max(step.size(), width_of_step), ' ');
  auto text = member_text(progress, "domain") + "  " + step + member_text(progress, "text");
  const auto left = number(progress, "left");
  const auto budget = number(progress, "budget_left_s");
  if (left > 0)
    text += ": " + std::to_string(left) + " left";
  if (budget > 0)
    text += " (" + time_text(budget) + " of budget)";
  return text;
}

move_ticker::move_ticker(std::ostream& out)
    : out_{out}, is_terminal_{&out == &std::cout && ::isatty(STDOUT_FILENO) == 1} {}

void move_ticker::show(const json& progress) {
  if (line_is_open_)
    out_ << "\r\033[K";
  line_is_open_ = is_terminal_ && number(progress, "left") > 0;
  out_ << progress_text(progress);
  if (!line_is_open_)
    out_ << '\n';
  out_.flush();
}

void move_ticker::finish() {
  if (line_is_open_)
    out_ << '\n';
  line_is_open_ = false;
}

} // namespace stellwerk::cli

#include "protocol/base/line_splitter.hpp"

#include "protocol/base/append_wiping.hpp"

namespace stellwerk {

line_event line_splitter::fail(line_status status) {
  fault_ = status;
  wipe(held_);
  return {status, {}};
}

void line_splitter::wipe_line() {
  if (delivered_)
    wipe(held_);
}

line_event line_splitter::take(std::string_view& input) {
  if (fault_ != line_status::line)
    return {fault_, {}};
  if (delivered_) {
    held_.clear();
    delivered_ = false;
  }
  while (!input.empty()) {
    if (!held_.empty() && held_.back() == '\r') {
      if (input.front() != '\n')
        return fail(line_status::bare_cr);
      input.remove_prefix(1);
      held_.pop_back();
      delivered_ = true;
      return {line_status::line, held_};
    }
    const auto end = input.find_first_of("\r\n");
    const auto run = input.substr(0, end);
    if (held_.size() + run.size() + 2 > max_octets_)
      return fail(line_status::too_long);
    append_wiping(held_, run);
    input.remove_prefix(run.size());
    if (input.empty())
      break;
    if (input.front() == '\n')
      return fail(line_status::bare_lf);
    append_wiping(held_, "\r");
    input.remove_prefix(1);
  }
  return {line_status::need_more, {}};
}

} // namespace stellwerk

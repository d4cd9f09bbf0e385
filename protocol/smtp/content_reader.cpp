#include "protocol/smtp/content_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace stellwerk::smtp {

// The longest beginning of `input` that is content as it stands, read from the middle of a line
// or from a line's start without dot, and the state behind it. Two memchr a line, copied at
// once; the window keeps content that is all CR, or all LF, from being searched again and
// again.
std::size_t content_reader::take_run(std::string_view input) {
  constexpr std::size_t window = 1024;
  std::size_t done = 0;
  while (done < input.size()) {
    if (state_ == state::line_start && framing_ == framing::dots && input[done] == '.')
      break;
    const char* const from = input.data() + done;
    const auto seen = std::min(input.size() - done, window);
    const auto* const lf = static_cast<const char*>(std::memchr(from, '\n', seen));
    const auto length = lf == nullptr ? seen : static_cast<std::size_t>(lf - from);
    const auto* const cr = static_cast<const char*>(std::memchr(from, '\r', length));
    if (lf != nullptr && cr != nullptr && cr + 1 == lf) {
      state_ = state::line_start;
      done += length + 1;
      continue;
    }
    const auto plain = cr == nullptr ? length : static_cast<std::size_t>(cr - from);
    if (plain > 0)
      state_ = state::text;
    done += plain;
    if (lf != nullptr || cr != nullptr)
      break;
  }
  return done;
}

// One octet where every octet counts: around dots, CR and LF.
void content_reader::take_special(char c, std::string& output) {
  switch (state_) {
    case state::line_start:
    case state::text:
      if (c == '\r')
        state_ = state::text_cr;
      else if (c == '\n') {
        output += "\r\n";
        // After DATA not the start of a line that the client's SMTP would know.
        state_ = framing_ == framing::dots ? state::text : state::line_start;
      } else if (c == '.' && state_ == state::line_start && framing_ == framing::dots)
        state_ = state::line_start_dot;
      else {
        output += c;
        state_ = state::text;
      }
      return;
    case state::line_start_dot: // The dot is dropped unless it turns out to be the final one.
      if (c == '\r') {
        state_ = state::line_start_dot_cr;
        return;
      }
      output += c == '\n' ? std::string_view{"\r\n"} : std::string_view{&c, 1};
      state_ = state::text;
      return;
    case state::line_start_dot_cr:
      if (c == '\n') {
        state_ = state::ended;
        return;
      }
      state_ = state::text_cr;
      take_special(c, output);
      return;
    case state::text_cr:
      if (c == '\n') {
        output += "\r\n";
        state_ = state::line_start;
        return;
      }
      output += ' ';
      if (c != '\r') {
        output += c;
        state_ = state::text;
      }
      return;
    case state::ended:
      return;
  }
}

content_status content_reader::take(std::string_view& input, std::string& output) {
  const auto before = output.size();
  while (!input.empty() && state_ != state::ended) {
    if (state_ == state::line_start || state_ == state::text) {
      const auto run = take_run(input);
      output.append(input.data(), run);
      input.remove_prefix(run);
      if (input.empty())
        break;
    }
    take_special(input.front(), output);
    input.remove_prefix(1);
  }
  octets_ += output.size() - before;
  return state_ == state::ended ? content_status::end : content_status::need_more;
}

void content_reader::finish(std::string& output) {
  const auto before = output.size();
  if (state_ == state::text_cr)
    output += ' ';
  if (state_ != state::line_start)
    output += "\r\n";
  state_ = state::ended;
  octets_ += output.size() - before;
}

} // namespace stellwerk::smtp

#include "protocol/imap/frame_reader.hpp"

#include "protocol/base/append_wiping.hpp"
#include "protocol/imap/status_response.hpp"

namespace stellwerk::imap {

frame_reader::frame_reader(std::size_t max_line_octets, std::size_t max_literal_octets)
    : max_line_octets_{max_line_octets},
      max_literal_octets_{max_literal_octets}, lines_{max_line_octets} {}

bool frame_reader::fits() const {
  return literal_.octets <= max_literal_octets_ - literal_octets_;
}

void frame_reader::drop() {
  wipe(text_);
  lines_.wipe_line();
  line_octets_ = literal_octets_ = remaining_ = 0;
  announced_ = false;
}

bool frame_reader::inside_frame() const {
  return lines_.inside_line() || announced_ || (!delivered_ && !text_.empty());
}

frame_event frame_reader::fail(line_status status) {
  drop();
  fault_ = status;
  return {frame_status::fault, {}};
}

bool frame_reader::may_announce(std::string_view line, frame_kind kind) const {
  if (kind == frame_kind::command)
    return true;
  if (kind == frame_kind::line)
    return false;
  if (!text_.empty())
    return true; // The rest of a response that had a literal already.
  return line.starts_with("* ") && !is_status(line.substr(2));
}

frame_event frame_reader::take(std::string_view& input, frame_kind kind) {
  if (fault_ != line_status::line)
    return {frame_status::fault, {}};
  if (delivered_) {
    drop();
    delivered_ = false;
  }
  if (announced_) {
    if (!fits())
      return fail(line_status::too_long);
    announced_ = false;
    remaining_ = static_cast<std::size_t>(literal_.octets);
    literal_octets_ += remaining_;
  }
  const auto piece = input.substr(0, remaining_);
  append_wiping(text_, piece);
  remaining_ -= piece.size();
  input.remove_prefix(piece.size());
  if (remaining_ > 0)
    return {frame_status::need_more, {}};

  const auto event = lines_.take(input);
  if (event.status == line_status::need_more)
    return {frame_status::need_more, {}};
  if (event.status != line_status::line)
    return fail(event.status);
  line_octets_ += event.text.size() + 2;
  if (line_octets_ > max_line_octets_)
    return fail(line_status::too_long);
  const bool may = may_announce(event.text, kind);
  append_wiping(text_, event.text);
  if (may && announces_too_much(event.text))
    return fail(line_status::too_long);
  if (const auto announced = announced_literal(event.text); may && announced) {
    literal_ = *announced;
    announced_ = true;
    append_wiping(text_, "\r\n");
    return {frame_status::literal, text_};
  }
  delivered_ = true;
  return {frame_status::frame, text_};
}

} // namespace stellwerk::imap

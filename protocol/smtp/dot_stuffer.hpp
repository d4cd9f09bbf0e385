#pragma once

#include <string>
#include <string_view>

namespace stellwerk::smtp {

/// Writes message content as it goes over the wire after DATA (RFC 5321 section 4.5.2): a dot
/// that begins a line is doubled, and CRLF.CRLF ends it.
///
/// Content must be normalised as `content_reader` gives it: no lone CR, no lone LF. Holds no
/// content.
class dot_stuffer {
public:
  /// Appends the wire form of the next piece of content to `output`.
  void put(std::string_view content, std::string& output);

  /// Appends the end: a CRLF if the content lacks its last one, then the final dot. Empty
  /// content is the final dot alone.
  void finish(std::string& output);

private:
  bool at_line_start_ = true;
};

} // namespace stellwerk::smtp

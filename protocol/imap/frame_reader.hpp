#pragma once

#include "protocol/base/line_splitter.hpp"
#include "protocol/base/secret.hpp"
#include "protocol/imap/literal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk::imap {

enum class frame_status {
  frame,     ///< `text` is whole: lines and literals as they came, without the last CRLF.
  need_more, ///< The input is used up.
  literal,   ///< A literal is announced; `text` ends with its announcement.
  fault,     ///< Final; `line_fault` says which.
};

struct frame_event {
  frame_status status;
  std::string_view text;
};

/// Whose octets are read: it decides where `{5}` at the end of a line announces a literal.
enum class frame_kind {
  command,  ///< From a client: everywhere.
  response, ///< From a backend: not in tagged, `+` and status responses, which end in free
            ///< text.
  line,     ///< Nowhere: a client's line within a SASL exchange.
};

/// Reads frames: commands or responses, each a line with its literals (RFC 3501 section 4.3).
///
/// At `literal` the caller may answer, and either goes on (the octets are read) or calls `drop`
/// (the peer was refused and starts a new command). The text lives until the next call. Holds
/// at most `max_line_octets + max_literal_octets`; more of either is the fault `too_long`.
class frame_reader {
public:
  frame_reader(std::size_t max_line_octets, std::size_t max_literal_octets);
  frame_reader(const frame_reader&) = delete;
  frame_reader& operator=(const frame_reader&) = delete;
  frame_reader(frame_reader&&) = default;
  frame_reader& operator=(frame_reader&&) = default;
  ~frame_reader() { wipe(text_); }

  [[nodiscard]] frame_event take(std::string_view& input, frame_kind kind);

  /// The literal announced last, and whether the limit has room for it.
  [[nodiscard]] const literal& announced() const { return literal_; }
  [[nodiscard]] bool fits() const;

  void drop();

  [[nodiscard]] line_status line_fault() const { return fault_; }
  /// Has a frame begun that is not finished?
  [[nodiscard]] bool inside_frame() const;

private:
  frame_event fail(line_status status);
  [[nodiscard]] bool may_announce(std::string_view line, frame_kind kind) const;

  std::size_t max_line_octets_;
  std::size_t max_literal_octets_;
  line_splitter lines_;
  std::string text_;
  literal literal_;
  std::size_t line_octets_ = 0;    // Of this frame, CRLFs included.
  std::size_t literal_octets_ = 0; // Of this frame, the announced one included.
  std::size_t remaining_ = 0;      // Of the literal being read.
  bool announced_ = false;
  bool delivered_ = false;
  line_status fault_ = line_status::line;
};

} // namespace stellwerk::imap

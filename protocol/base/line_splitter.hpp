#pragma once

#include "protocol/base/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk {

enum class line_status {
  line,      ///< `text` is a line without its CRLF.
  need_more, ///< The input is used up.
  bare_cr,   ///< A CR that no LF follows.
  bare_lf,   ///< An LF that no CR precedes.
  too_long,  ///< The limit is passed and no line end in sight.
};

struct line_event {
  line_status status;
  std::string_view text;
};

/// Cuts a byte stream into lines that end in CRLF (RFC 5321 section 2.3.8).
///
/// A lone CR or LF is a fault, never a line end: what we take for one line, the next server
/// must not take for two. Holds at most `max_octets` (CRLF included).
class line_splitter {
public:
  explicit line_splitter(std::size_t max_octets) : max_octets_{max_octets} {}
  line_splitter(const line_splitter&) = delete;
  line_splitter& operator=(const line_splitter&) = delete;
  line_splitter(line_splitter&&) = default;
  line_splitter& operator=(line_splitter&&) = default;
  ~line_splitter() { wipe(held_); }

  /// Takes octets off the front of `input` up to one line, one fault or its end (`need_more`).
  /// The line lives until the next call. A fault is final: later calls repeat it.
  [[nodiscard]] line_event take(std::string_view& input);

  /// Overwrites the line delivered last, which held a password.
  void wipe_line();

  /// Has a line begun that is not finished?
  [[nodiscard]] bool inside_line() const { return !delivered_ && !held_.empty(); }

private:
  line_event fail(line_status status);

  std::size_t max_octets_;
  std::string held_;
  bool delivered_ = false;
  line_status fault_ = line_status::line;
};

} // namespace stellwerk

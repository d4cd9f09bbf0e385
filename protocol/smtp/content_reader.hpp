#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stellwerk::smtp {

enum class content_status {
  need_more, ///< The input is used up.
  end,       ///< The final dot has been taken; what is left of the input are commands.
};

/// How a client says where its content ends.
enum class framing {
  dots,   ///< DATA: by CRLF.CRLF, and dots that begin a line are doubled (RFC 5321 4.5.2).
  counts, ///< BDAT: by octet counts; a dot is a dot (RFC 3030).
};

/// Reads what a client sends after DATA (RFC 5321 sections 4.1.1.4 and 4.5.2), or in the chunks
/// of BDAT, and gives the message content in one spelling.
///
/// Only CRLF.CRLF ends DATA (or .CRLF at once, DATA's own CRLF goes before). A lone LF becomes
/// CRLF and a lone CR a blank, so that nothing in the content is a line end for one server and
/// none for another; long lines and NUL pass unchanged. Dots are unstuffed by the lines the
/// client sent: the first dot after a real CRLF is dropped, a dot after a lone LF is content,
/// which `dot_stuffer` doubles later, as it works on the normalised content.
///
/// The content is empty or ends in CRLF. Holds at most two octets; output is at most twice the
/// input plus two octets.
class content_reader {
public:
  explicit content_reader(framing by = framing::dots) : framing_{by} {}

  /// Takes octets off the front of `input` up to the final dot or its end, and appends content
  /// to `output`. After `end` nothing is taken any more; the next message needs a new reader.
  /// By counts: takes all of `input`, which must be octets of the chunks alone.
  [[nodiscard]] content_status take(std::string_view& input, std::string& output);

  /// By counts: the last chunk has been taken. Appends what is held, and the CRLF that content
  /// without one lacks.
  void finish(std::string& output);

  /// Content given out so far, in octets.
  [[nodiscard]] std::uint64_t content_octets() const { return octets_; }

private:
  enum class state { line_start, line_start_dot, line_start_dot_cr, text, text_cr, ended };

  std::size_t take_run(std::string_view input);
  void take_special(char c, std::string& output);

  framing framing_;
  state state_ = state::line_start;
  std::uint64_t octets_ = 0;
};

} // namespace stellwerk::smtp

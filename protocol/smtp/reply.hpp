#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::smtp {

/// An enhanced status code such as 5.1.1 (RFC 3463 section 2): class 2, 4 or 5, the other two 0
/// to 999.
struct enhanced_code {
  int kind = 0;
  int subject = 0;
  int detail = 0;

  /// Takes a code and the blanks behind it off the front of `text`; nothing is taken if there
  /// is none.
  [[nodiscard]] static std::optional<enhanced_code> take(std::string_view& text);

  /// The code for a reply that came without one: x.0.0, or better where the reply code tells.
  /// Nothing for a code that is not 2yz, 4yz or 5yz.
  [[nodiscard]] static std::optional<enhanced_code> fitting(int reply_code);

  [[nodiscard]] std::string to_string() const;
  bool operator==(const enhanced_code&) const = default;
};

/// What a server says to a command (RFC 5321 section 4.2).
struct reply {
  int code = 0;                   ///< 200 to 599.
  std::string enhanced;           ///< "2.1.0", or empty where none belongs (EHLO, 354, 334).
  std::vector<std::string> lines; ///< The text of each line, without either code.

  [[nodiscard]] bool is_positive() const { return code / 100 == 2; }
  [[nodiscard]] bool is_intermediate() const { return code / 100 == 3; }
  [[nodiscard]] bool is_temporary() const { return code / 100 == 4; }
  [[nodiscard]] bool is_permanent() const { return code / 100 == 5; }

  /// The octets on the wire, with CRLF. The enhanced code opens every line (RFC 2034 section
  /// 4). Control characters become `?`, and lines are cut at 512 octets (RFC 5321 section
  /// 4.5.3.1.5), never inside a UTF-8 character.
  [[nodiscard]] std::string to_string() const;

  bool operator==(const reply&) const = default;
};

/// A reply of our own. The first digit of `enhanced` (may be empty) is made to fit `code`, so
/// that both say temporary or both permanent. Each LF in `text` begins a further line.
[[nodiscard]] reply make_reply(int code, std::string_view enhanced, std::string_view text);

enum class reply_status {
  reply,     ///< `value` is a whole reply.
  need_more, ///< The input is used up.
  malformed, ///< Not a reply line, or the lines of one reply differ in code.
  too_long,  ///< One of the limits is passed.
};

struct reply_event {
  reply_status status;
  reply value;
};

struct reply_limits {
  std::size_t line = 2048;    ///< Octets of a line, line end included.
  std::size_t lines = 128;    ///< Lines of a reply.
  std::size_t octets = 65536; ///< Octets of all lines of a reply.
};

/// Cuts what a backend sends into replies.
///
/// A line ends in LF, with or without a CR before it: odd old servers send a lone LF, and our
/// commands hold no line end that an echo could bring back. Other control characters in the
/// text become `?`. The enhanced code is kept apart from the text; a 2yz, 4yz or 5yz reply
/// without one, or with one of another class, gets `enhanced_code::fitting`.
class reply_parser {
public:
  reply_parser() = default;
  explicit reply_parser(reply_limits limits) : limits_{limits} {}

  /// Takes octets off the front of `input` up to one reply, one fault or its end (`need_more`).
  /// A fault is final: later calls repeat it.
  [[nodiscard]] reply_event take(std::string_view& input);

  /// Has a reply begun that is not finished?
  [[nodiscard]] bool inside_reply() const { return !line_.empty() || !growing_.lines.empty(); }

private:
  enum class line_result { more, last, malformed };
  line_result on_line(std::string_view line);
  reply_event fail(reply_status status);

  reply_limits limits_;
  std::string line_;
  reply growing_;
  std::size_t octets_ = 0;
  reply_status fault_ = reply_status::reply;
};

} // namespace stellwerk::smtp

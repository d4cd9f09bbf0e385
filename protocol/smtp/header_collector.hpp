#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk::smtp {

enum class header_status {
  need_more, ///< The input is used up, the header is not over.
  complete,  ///< The header is over: an empty line, or the content ended.
  too_long,  ///< `max_octets` are collected and the header is not over.
};

/// Keeps the header of a message back until it is whole (RFC 5322 section 2.2), so that it can
/// be judged before anything of it goes on.
///
/// Wants normalised content (lines end in CRLF). The header ends with the first empty line, and
/// with that alone: a line that is no field does not end it, since readers differ there and
/// what any of them may take for a field has to be judged. Content without an empty line is all
/// header.
class header_collector {
public:
  explicit header_collector(std::size_t max_octets) : max_octets_{max_octets} {}

  /// Takes content off the front up to the end of the header, the limit or its end, and leaves
  /// the rest. Nothing is taken once the header is complete or too long.
  [[nodiscard]] header_status take(std::string_view& content);

  /// The content has ended: what there is, is the header.
  [[nodiscard]] header_status finish();

  /// All octets taken, the empty line included: what has to go on ahead of the rest.
  [[nodiscard]] const std::string& octets() const { return octets_; }

  /// The fields alone: `octets` without the empty line.
  [[nodiscard]] std::string_view fields() const;

  /// Gives the memory back, after the octets have gone on.
  void release() { std::string{}.swap(octets_); }

private:
  std::size_t max_octets_;
  std::string octets_;
  header_status status_ = header_status::need_more;
  bool empty_line_ = false;
};

} // namespace stellwerk::smtp

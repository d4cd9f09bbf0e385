#pragma once

#include "protocol/base/line_splitter.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace stellwerk::http {

struct request {
  std::string method; ///< As sent: `GET`.
  std::string path;   ///< Without its query: `/metrics`.
  bool operator==(const request&) const = default;
};

enum class request_status {
  need_more, ///< The input is used up.
  complete,  ///< The empty line has come.
  malformed, ///< No request of HTTP/1.0 or 1.1.
  too_long,  ///< The head has more octets than allowed.
};

/// Reads the head of one request (RFC 9112 section 3); header fields are passed over, a body is
/// not read. Holds at most `max_octets`, and takes no more than that of head.
class request_reader {
public:
  explicit request_reader(std::size_t max_octets = 8192)
      : octets_left_{max_octets}, lines_{max_octets} {}

  /// Takes octets off the front of `input`. All but `need_more` is final.
  [[nodiscard]] request_status take(std::string_view& input);
  /// Once it is complete.
  [[nodiscard]] const request& read() const { return request_; }

private:
  bool read_request_line(std::string_view line);

  std::size_t octets_left_;
  line_splitter lines_;
  request request_;
  request_status status_ = request_status::need_more;
};

} // namespace stellwerk::http

#pragma once

#include <string>
#include <string_view>

namespace stellwerk::http {

/// A page, and how it is answered with.
struct response {
  int status = 200; ///< 200, 400, 404, 405, 431 or 503.
  std::string type = "text/plain; charset=utf-8";
  std::string body{};
};

/// The octets of an answer after which the connection closes (RFC 9112 section 9.6). `HEAD`
/// gets the same without the body.
[[nodiscard]] std::string to_string(const response& answer, bool with_body = true);

} // namespace stellwerk::http

#include "protocol/http/response.hpp"

namespace stellwerk::http {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

} // namespace

std::string to_string(const response& answer, bool with_body) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + ' '
                     + std::string{reason_of(answer.status)} + "\r\nContent-Type: "
                     + answer.type + "\r\nContent-Length: " + std::to_string(answer.body.size())
                     + (answer.status == 405 ? "\r\nAllow: GET, HEAD" : "")
                     + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
  if (with_body)
    text += answer.body;
  return text;
}

} // namespace stellwerk::http

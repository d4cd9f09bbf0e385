#include "protocol/http/response.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;

TEST_CASE("an answer says its length and that it is the last") {
  CHECK(
      http::to_string({.status = 503, .type = "text/plain", .body = "draining\n"})
      == "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n"
         "Cache-Control: no-store\r\nConnection: close\r\n\r\ndraining\n");
}

TEST_CASE("HEAD gets the same head without the body") {
  const auto text = http::to_string({.body = "page"}, false);
  CHECK(text.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(text.find("Content-Length: 4\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("405 names what is allowed (RFC 9110 section 15.5.6)") {
  CHECK(http::to_string({.status = 405}).find("\r\nAllow: GET, HEAD\r\n") != std::string::npos);
}

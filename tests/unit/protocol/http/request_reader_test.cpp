#include "protocol/http/request_reader.hpp"

#include <doctest/doctest.h>

using namespace stellwerk;
using http::request;
using http::request_reader;
using http::request_status;

namespace {

request_status read(request_reader& reader, std::string_view text) { return reader.take(text); }

request_status status_of(std::string_view text) {
  request_reader reader;
  return reader.take(text);
}

} // namespace

TEST_CASE("a scraper's request is read up to its empty line") {
  request_reader reader;
  std::string_view text = "GET /metrics?name=x HTTP/1.1\r\nHost: 127.0.0.1:9180\r\n\r\nbehind";
  REQUIRE(reader.take(text) == request_status::complete);
  CHECK(reader.read() == request{"GET", "/metrics"});
  CHECK(text == "behind");
  CHECK(reader.take(text) == request_status::complete);
  CHECK(text == "behind");
}

TEST_CASE("octet by octet it is the same") {
  request_reader reader;
  const std::string_view text = "HEAD / HTTP/1.0\r\nA: b\r\n\r\n";
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    REQUIRE(read(reader, text.substr(i, 1)) == request_status::need_more);
  CHECK(read(reader, text.substr(text.size() - 1)) == request_status::complete);
  CHECK(reader.read() == request{"HEAD", "/"});
}

TEST_CASE("what is no request of HTTP/1 is malformed") {
  for (const auto* text :
       {"\r\n", "GET\r\n", "GET /\r\n", "GET / HTTP/2.0\r\n", "GET metrics HTTP/1.1\r\n",
        "GET  / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
        "GET /\x01 HTTP/1.1\r\n", "G\x7F / HTTP/1.1\r\n", "GET / HTTP/1.1\n",
        "GET / HTTP/1.1\r\nA: b\nB: c\r\n", "\x16\x03\x01\x02\r\n"})
    CHECK_MESSAGE(status_of(text) == request_status::malformed, text);
}

TEST_CASE("neither one long line nor many short ones pass the limit") {
  request_reader line{64};
  CHECK(read(line, "GET /" + std::string(100, 'a')) == request_status::too_long);
  request_reader many{64};
  CHECK(read(many, "GET / HTTP/1.1\r\n") == request_status::need_more);
  auto last = request_status::need_more;
  for (int i = 0; i < 20 && last == request_status::need_more; ++i)
    last = read(many, "A: b\r\n");
  CHECK(last == request_status::too_long);
  CHECK(read(many, "\r\n") == request_status::too_long);
}

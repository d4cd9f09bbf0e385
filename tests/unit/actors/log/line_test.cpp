#include "actors/log/line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace stellwerk::log;
using namespace std::chrono_literals;

namespace {

const auto when = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 8h + 31min + 4s
                  + 113ms + 999us;

} // namespace

TEST_CASE("one event is one line of key=value") {
  const std::string login = "max@example.org";
  const std::array<field, 4> fields{
      {{"session", "7f3a"}, {"login", login}, {"tls", true}, {"took_ms", 14u}}};
  CHECK(line(format::text, when, event::backend_ready, fields)
        == "2026-11-22T08:31:04.113Z info backend_ready session=7f3a login=max@example.org "
           "tls=yes took_ms=14");
  CHECK(line(format::text, when, event::actor_died, {})
        == "2026-11-22T08:31:04.113Z error actor_died");
}

TEST_CASE("in JSON the same keys hold numbers and truths as such") {
  const std::array<field, 4> fields{
      {{"session", "7f3a"}, {"text", "a \"b\"\n\xFF"}, {"tls", false}, {"took_ms", -1}}};
  CHECK(line(format::json, when, event::login_refused, fields)
        == R"({"time":"2026-11-22T08:31:04.113Z","level":"info","event":"login_refused",)"
           R"("session":"7f3a","text":"a \"b\"\n)"
           "\xEF\xBF\xBD"
           R"(","tls":false,"took_ms":-1})");
}

TEST_CASE("what a peer says can't look like another field or line") {
  CHECK(escaped("max@example.org") == "max@example.org");
  CHECK(escaped("") == "\"\"");
  CHECK(escaped("a b") == "\"a b\"");
  CHECK(escaped("x took_ms=1") == "\"x took_ms=1\"");
  CHECK(escaped("a\r\n2026 error") == "\"a\\r\\n2026 error\"");
  CHECK(escaped("say \"no\" \\") == "\"say \\\"no\\\" \\\\\"");
  using namespace std::string_view_literals;
  CHECK(escaped("\0\x1b[31m\x7f\t"sv) == "\"\\x00\\x1b[31m\\x7f\\t\"");
}

TEST_CASE("UTF-8 stays, everything else becomes octets") {
  CHECK(escaped("müller@exämple.org") == "müller@exämple.org");
  CHECK(escaped("\xF0\x9F\x93\xA7") == "\xF0\x9F\x93\xA7");
  CHECK(escaped("m\xFCller") == "\"m\\xfcller\"");         // Latin-1.
  CHECK(escaped("\xC0\xAF") == "\"\\xc0\\xaf\"");          // Overlong.
  CHECK(escaped("\xED\xA0\x80") == "\"\\xed\\xa0\\x80\""); // Surrogate.
  CHECK(escaped("\xF4\x90\x80\x80") == "\"\\xf4\\x90\\x80\\x80\"");
  CHECK(escaped("\xE2\x82") == "\"\\xe2\\x82\"");          // Cut.
  CHECK(escaped("\xE2\x80\xAE") == "\"\\xe2\\x80\\xae\""); // Right to left override.
  CHECK(escaped("\xC2\x9B") == "\"\\xc2\\x9b\"");          // C1: a terminal's CSI.
}

TEST_CASE("a long value is cut between characters") {
  const std::string fits(max_value_octets, 'a');
  CHECK(escaped(fits) == fits);
  CHECK(escaped(fits + "a") == fits + "...");
  const std::string umlaut = std::string(max_value_octets - 1, 'a') + "ü";
  CHECK(escaped(umlaut) == std::string(max_value_octets - 1, 'a') + "...");
  const std::array<field, 1> fields{{{"login", umlaut}}};
  CHECK(line(format::json, when, event::login_unknown, fields)
            .find(std::string(max_value_octets - 1, 'a') + "...\"")
        != std::string::npos);
}

TEST_CASE("every event has a word of its own and a level") {
  std::vector<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(event::no_relay_failed); ++i) {
    const auto word = name(static_cast<event>(i));
    CHECK(word != "unknown");
    CHECK(std::find(words.begin(), words.end(), word) == words.end());
    words.push_back(word);
  }
}

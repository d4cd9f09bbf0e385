#include "protocol/logs/dovecot_login.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace stellwerk::logs;

namespace {

struct outcome {
  line_meaning meaning;
  dovecot_login login;
};

outcome read(std::string_view message) {
  outcome made{};
  made.meaning = read_dovecot_login(login_service::imap, message, made.login);
  return made;
}

} // namespace

TEST_CASE("logins that were accepted") {
  const auto secure = read("Login: user=<anna@example.org>, method=PLAIN, rip=192.0.2.1, "
                           "lip=192.0.2.2, mpid=4711, TLS, session=<dBeGjN1g4ox/AAAB>");
  REQUIRE(secure.meaning == line_meaning::event);
  CHECK(secure.login.accepted);
  CHECK(!secure.login.without_tls);
  CHECK(secure.login.login == "anna@example.org");
  CHECK(secure.login.client == "192.0.2.1");
  CHECK(!read("Login: user=<a>, method=PLAIN, rip=127.0.0.1, secured").login.without_tls);
  CHECK(!read("Login: user=<a>, method=PLAIN, rip=2001:db8::1, TLSv1.2 with cipher X")
             .login.without_tls);
  const auto clear
      = read("Login: user=<a>, method=PLAIN, rip=2001:db8::1, mpid=7, session=<x>");
  CHECK(clear.login.without_tls);
  CHECK(clear.login.client == "2001:db8::1");
}

TEST_CASE("tries that failed, in the words of 2.2 and 2.3") {
  for (const auto* why :
       {"Aborted login (auth failed, 1 attempts in 2 secs)",
        "Disconnected (auth failed, 3 attempts in 12 secs)",
        "Disconnected: Connection closed (auth failed, 1 attempts in 2 secs)",
        "Login aborted: Logged out (auth failed, 1 attempts in 2 secs) (auth_failed)"}) {
    CAPTURE(why);
    const auto failed = read(std::string{why}
                             + ": user=<Ghost>, method=PLAIN, "
                               "rip=192.0.2.9, lip=192.0.2.2, TLS");
    CHECK(failed.meaning == line_meaning::event);
    CHECK(!failed.login.accepted);
    CHECK(failed.login.login == "Ghost");
  }
  const auto clear = read("Aborted login (tried to use disallowed plaintext auth): user=<>, "
                          "rip=192.0.2.9, lip=192.0.2.2");
  CHECK(clear.meaning == line_meaning::event);
  CHECK(clear.login.without_tls);
  CHECK(clear.login.login.empty());
}

TEST_CASE("what is no login is skipped") {
  for (const auto* message :
       {"", "Logged out in=1 out=2", "Info: Login: user=<a>, rip=192.0.2.1, TLS",
        "Disconnected: Aborted login by logging out (no auth attempts in 0 secs): user=<>, "
        "rip=127.0.0.1, lip=127.0.0.1, TLS, session=<dBeGjN1g4ox/AAAB>",
        "Disconnected: Too many invalid commands.", "proxy(a): Login: user=<a>, rip=192.0.2.1",
        "Aborted login (auth failed, 1 attempts in 2 secs): user=<>, rip=192.0.2.9, TLS"}) {
    CAPTURE(message);
    CHECK(read(message).meaning == line_meaning::nothing);
  }
}

TEST_CASE("a name may hold anything, and says nothing but itself") {
  const auto one = [](const std::string& name) {
    const auto message = "Login: user=<" + name + ">, method=PLAIN, rip=192.0.2.1, TLS";
    const auto was = read(message);
    CAPTURE(name);
    CHECK(was.meaning == line_meaning::event);
    CHECK(std::string{was.login.login} == name);
    CHECK(was.login.client == "192.0.2.1");
  };
  one("a b");
  one("\"a\\\" b\"@example.org");
  one("m\xc3\xbcller@example.org");
  one("\xff");
  one(">");
  one("a>, method=PLAIN, rip=192.0.2.66, session=<b");
  one(": user=<b>");
  one(std::string{"a\0b", 3});
  one(std::string(80, 'a'));
}

TEST_CASE("what begins like a login and cannot be read is broken") {
  for (const auto& message :
       {std::string{"Login: "}, std::string{"Login: anna"}, std::string{"Login: user=<anna"},
        std::string{"Login: user=<>, method=PLAIN, rip=192.0.2.1, TLS"},
        std::string{"Login: user=<anna>, method=PLAIN, rip=pc.example, TLS"},
        std::string{"Login: user=<anna>x"},
        "Login: user=<" + std::string(77, 'a') + "...>, method=PLAIN, rip=192.0.2.1, TLS"}) {
    CAPTURE(message);
    const auto meaning = read(message).meaning;
    CHECK(meaning == line_meaning::broken);
  }
}

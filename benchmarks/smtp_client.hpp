#pragma once

#include "benchmarks/client_session.hpp"

#include <openssl/evp.h>

#include <array>

namespace stellwerk::benchmarks {

/// An SMTP client that hands in one message. It waits for each reply before it goes on.
class smtp_client final : public client_session {
public:
  /// `submits`: logs in and sends as itself; else it delivers to `login`, from elsewhere.
  smtp_client(descriptor socket, tls_handle tls, const client_task& task, std::string login,
              bool submits)
      : client_session{std::move(socket), std::move(tls), task, std::move(login)},
        submits_{submits} {}

  [[nodiscard]] bool held() const override { return false; }
  void leave() override { refuse("it leaves by itself"); }

private:
  enum class stage {
    greeting,
    ehlo,
    starttls,
    safe_ehlo,
    auth,
    mail,
    rcpt,
    data,
    content,
    quit,
    end
  };

  [[nodiscard]] std::string where() const override {
    constexpr std::array names{"greeting", "EHLO", "STARTTLS", "EHLO after STARTTLS",
                               "AUTH",     "MAIL", "RCPT",     "DATA",
                               "content",  "QUIT", "end"};
    return names.at(static_cast<std::size_t>(stage_));
  }

  [[nodiscard]] bool may_end() const override { return stage_ == stage::end; }

  void on_tls() override {
    if (task_.safety == security::starttls)
      say("EHLO client.elsewhere.example", stage::safe_ehlo);
  }

  void on_line(const std::string& line) override {
    constexpr std::array codes{"220", "250", "220", "250", "235", "250",
                               "250", "354", "250", "221", "none"};
    if (!line.starts_with(codes.at(static_cast<std::size_t>(stage_))))
      refuse("the server said " + line);
    if (line.size() < 4 || line[3] != '-') // the last line of the reply
      proceed();
  }

  void proceed() {
    switch (stage_) {
      case stage::greeting:
        say("EHLO client.elsewhere.example", stage::ehlo);
        return;
      case stage::ehlo:
        if (task_.safety == security::starttls)
          say("STARTTLS", stage::starttls);
        else
          begin();
        return;
      case stage::starttls:
        start_tls();
        return;
      case stage::safe_ehlo:
        begin();
        return;
      case stage::auth:
        say("MAIL FROM:<" + sender() + ">", stage::mail);
        return;
      case stage::mail:
        say("RCPT TO:<" + login_ + ">", stage::rcpt);
        return;
      case stage::rcpt:
        say("DATA", stage::data);
        return;
      case stage::data:
        send("From: <" + sender() + ">\r\nTo: <" + login_
                 + ">\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\nSubject: benchmark\r\n"
                   "Message-ID: <1@elsewhere.example>\r\nX-Body-Octets: "
                 + std::to_string(task_.message_octets) + "\r\n\r\n",
             task_.message_octets);
        send(".\r\n");
        stage_ = stage::content;
        return;
      case stage::content:
        say("QUIT", stage::quit);
        return;
      case stage::quit:
        stage_ = stage::end;
        return;
      case stage::end:
        break;
    }
    refuse("a reply out of turn");
  }

  void begin() {
    if (submits_)
      say("AUTH PLAIN " + credentials(), stage::auth);
    else
      say("MAIL FROM:<" + sender() + ">", stage::mail);
  }

  [[nodiscard]] std::string sender() const {
    return submits_ ? login_ : "sender@elsewhere.example";
  }

  [[nodiscard]] std::string credentials() const {
    using namespace std::string_literals;
    const std::string clear = "\0"s + login_ + "\0secret"s;
    std::array<unsigned char, 512> coded{};
    const int size
        = EVP_EncodeBlock(coded.data(), reinterpret_cast<const unsigned char*>(clear.data()),
                          static_cast<int>(clear.size()));
    return {coded.begin(), coded.begin() + size};
  }

  void say(const std::string& command, stage next) {
    send(command + "\r\n");
    stage_ = next;
  }

  bool submits_;
  stage stage_ = stage::greeting;
};

} // namespace stellwerk::benchmarks

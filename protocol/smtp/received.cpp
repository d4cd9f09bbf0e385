#include "protocol/smtp/received.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/smtp/loop_mark.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <tuple>
#include <utility>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t wished_octets = 78; // RFC 5322 section 2.1.1.

// Lays out words into folded lines.
class folder {
public:
  explicit folder(std::string_view start) : text_{start}, column_{start.size()} {}

  void add(std::string_view word) {
    if (column_ + 1 + word.size() > wished_octets)
      fold();
    else if (!at_fold_) {
      text_ += ' ';
      ++column_;
    }
    text_ += word;
    column_ += word.size();
    at_fold_ = false;
  }

  void end_word(char c) {
    text_ += c;
    ++column_;
  }

  // Unless the line has just begun.
  void fold() {
    if (at_fold_)
      return;
    text_ += "\r\n\t";
    column_ = 8;
    at_fold_ = true;
  }

  std::string finish() { return std::move(text_) + "\r\n"; }

private:
  std::string text_;
  std::size_t column_;
  bool at_fold_ = false;
};

// What stands in a Received line unquoted: no blank, quote, comment, `;` or control.
std::string harmless(std::string_view text, std::size_t max_octets) {
  std::string result{text.substr(0, max_octets)};
  for (auto& c : result)
    if (!is_alpha(c) && !is_digit(c)
        && std::string_view{"-._:[]+=/"}.find(c) == std::string_view::npos)
      c = '?';
  return result.empty() ? "unknown" : result;
}

// address-literal = "[" ( IPv4-address-literal / "IPv6:" IPv6-addr ) "]" (RFC 5321 4.1.3)
std::string address_literal(std::string_view address) {
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  return (is_ipv6 ? "[IPv6:" : "[") + harmless(address, 64) + ']';
}

// Backend by backend: (stellwerk INSTANCE BACKEND DIGEST DIGEST ...), each digest once.
void add_marks(folder& line, const trace& trace) {
  auto marks = trace.marks;
  for (auto& mark : marks) {
    mark.recipient_digest = mark_word(mark.recipient_digest, mark_digest_octets);
    mark.backend = mark_word(mark.backend);
  }
  // Algorithms without std::ranges: clang 14 cannot compile libstdc++'s views.
  std::sort(marks.begin(), marks.end(), [](const loop_mark& a, const loop_mark& b) {
    return std::tie(a.backend, a.recipient_digest) < std::tie(b.backend, b.recipient_digest);
  });
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto& mark = marks[i];
    if (i == 0 || marks[i - 1].backend != mark.backend) {
      line.fold();
      line.add(std::string{mark_opening});
      line.add(mark_word(trace.instance));
      line.add(mark.backend);
    }
    const bool is_last = i + 1 == marks.size() || marks[i + 1].backend != mark.backend;
    line.add(mark.recipient_digest + (is_last ? ")" : ""));
  }
}

} // namespace

std::string_view protocol_word(const trace& trace) {
  if (!trace.extended)
    return "SMTP";
  constexpr std::array<std::string_view, 8> words{"ESMTP",     "ESMTPA",    "ESMTPS",
                                                  "ESMTPSA",   "UTF8SMTP",  "UTF8SMTPA",
                                                  "UTF8SMTPS", "UTF8SMTPSA"};
  return words.at((trace.smtputf8 ? 4U : 0U) + (trace.tls ? 2U : 0U)
                  + (trace.authenticated ? 1U : 0U));
}

std::string rfc5322_date(std::chrono::sys_seconds time) {
  using namespace std::chrono;
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = floor<std::chrono::days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  std::array<char, 64> text{};
  const auto length = std::snprintf(
      text.data(), text.size(), "%s, %u %s %d %02d:%02d:%02d +0000",
      days.at(weekday{midnight}.c_encoding()), static_cast<unsigned>(date.day()),
      months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string received_line(const trace& trace) {
  folder line{"Received:"};
  line.add("from");
  line.add(harmless(trace.helo, 255));
  line.add('(' + address_literal(trace.client_address) + ')');
  line.fold();
  line.add("by");
  line.add(harmless(trace.hostname, 255));
  line.add("(Stellwerk)");
  line.add("with");
  line.add(protocol_word(trace));
  line.add("id");
  line.add(harmless(trace.session, 64));
  add_marks(line, trace);
  line.end_word(';');
  line.fold();
  line.add(rfc5322_date(trace.received_at));
  return line.finish();
}

} // namespace stellwerk::smtp

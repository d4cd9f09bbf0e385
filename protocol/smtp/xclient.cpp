#include "protocol/smtp/xclient.hpp"

#include <cstddef>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t max_line_octets = 510; // RFC 5321 section 4.5.3.1.4, without CRLF.

std::string as_value(const std::string& address) {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  return encode_xtext((is_ipv6 ? "IPV6:" : "") + address);
}

} // namespace

std::string encode_xtext(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (c >= '!' && c <= '~' && c != '+' && c != '=') {
      result += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    result += '+';
    result += digits[octet >> 4U];
    result += digits[octet & 0xFU];
  }
  return result;
}

std::string xclient_line(const xclient_attributes& client,
                         const std::set<std::string>& announced) {
  if (!announced.contains("ADDR"))
    return {};
  std::string line{"XCLIENT"};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (announced.contains(name))
      line += ' ' + name + '=' + value;
  };
  // Without names the backend would keep ours for the client's address. Temporary, because
  // nobody has looked them up: a server that insists on names then puts off and never bounces.
  add("NAME", "[TEMPUNAVAIL]");
  add("REVERSE_NAME", "[TEMPUNAVAIL]");
  add("ADDR", as_value(client.address));
  if (client.port != 0)
    add("PORT", std::to_string(client.port));
  add("PROTO", client.esmtp ? "ESMTP" : "SMTP");
  add("LOGIN", "[UNAVAILABLE]");
  if (!client.destination.empty())
    add("DESTADDR", as_value(client.destination));
  if (client.destination_port != 0)
    add("DESTPORT", std::to_string(client.destination_port));
  const auto helo = encode_xtext(client.helo);
  const bool fits = line.size() + helo.size() + 6 <= max_line_octets; // " HELO="
  add("HELO", helo.empty() || !fits ? "[UNAVAILABLE]" : helo);
  return line;
}

} // namespace stellwerk::smtp

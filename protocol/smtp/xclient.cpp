#include "protocol/smtp/xclient.hpp"

#include <cstddef>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t max_line_octets = 510; // RFC 5321 section 4.5.3.1.4, without CRLF.

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

std::vector<std::string> xclient_lines(const xclient_attributes& client,
                                       const std::set<std::string>& announced) {
  if (!announced.contains("ADDR"))
    return {};
  std::vector<std::string> lines{"XCLIENT"};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (announced.contains(name))
      lines.back() += ' ' + name + '=' + value;
  };
  // Without a name the backend would keep ours for the client's address.
  add("NAME", "[UNAVAILABLE]");
  const bool is_ipv6 = client.address.find(':') != std::string::npos;
  add("ADDR", encode_xtext((is_ipv6 ? "IPV6:" : "") + client.address));
  if (client.port != 0)
    add("PORT", std::to_string(client.port));
  add("PROTO", client.esmtp ? "ESMTP" : "SMTP");
  const auto helo = client.helo.empty() ? "[UNAVAILABLE]" : encode_xtext(client.helo);
  if (lines.back().size() + 6 + helo.size() > max_line_octets) {
    if (13 + helo.size() > max_line_octets) // XCLIENT HELO=
      return lines;
    lines.emplace_back("XCLIENT");
  }
  add("HELO", helo);
  if (lines.back() == "XCLIENT")
    lines.pop_back();
  return lines;
}

} // namespace stellwerk::smtp

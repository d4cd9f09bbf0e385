#include "protocol/smtp/reply.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::smtp {
namespace {

constexpr std::size_t max_line_octets = 512; // RFC 5321 section 4.5.3.1.5, CRLF included.

// digit = 1*3DIGIT, no leading zero (RFC 3463 section 2)
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) {
    if (length == 3 || (length == 1 && value == 0))
      return std::nullopt;
    value = value * 10 + (text[length++] - '0');
  }
  if (length == 0)
    return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.'))
    return false;
  text.remove_prefix(1);
  return true;
}

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7F;
}

std::string without_controls(std::string_view text) {
  std::string result{text};
  std::replace_if(
      result.begin(), result.end(), [](char c) { return is_control(c) && c != '\t'; }, '?');
  return result;
}

// At most `max_octets`, and no UTF-8 character without its end.
std::string_view shortened(std::string_view text, std::size_t max_octets) {
  if (text.size() <= max_octets)
    return text;
  auto length = max_octets;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
    --length;
  return text.substr(0, length);
}

} // namespace

std::optional<enhanced_code> enhanced_code::take(std::string_view& text) {
  auto rest = text;
  const auto kind = take_number(rest);
  if (!kind || (*kind != 2 && *kind != 4 && *kind != 5) || !take_dot(rest))
    return std::nullopt;
  const auto subject = take_number(rest);
  if (!subject || !take_dot(rest))
    return std::nullopt;
  const auto detail = take_number(rest);
  if (!detail || (!rest.empty() && rest.front() != ' ' && rest.front() != '\t'))
    return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  text = rest;
  return enhanced_code{*kind, *subject, *detail};
}

std::optional<enhanced_code> enhanced_code::fitting(int reply_code) {
  switch (reply_code) {
    case 421:
      return enhanced_code{4, 3, 0};
    case 454: // Of AUTH and of STARTTLS alike.
      return enhanced_code{4, 7, 0};
    case 500:
      return enhanced_code{5, 5, 2};
    case 501:
    case 504:
    case 555:
      return enhanced_code{5, 5, 4};
    case 502:
    case 503:
      return enhanced_code{5, 5, 1};
    case 530:
      return enhanced_code{5, 7, 0};
    case 535:
      return enhanced_code{5, 7, 8};
    default:
      break;
  }
  const auto kind = reply_code / 100;
  if (kind != 2 && kind != 4 && kind != 5)
    return std::nullopt;
  return enhanced_code{kind, 0, 0};
}

std::string enhanced_code::to_string() const {
  return std::to_string(kind) + '.' + std::to_string(subject) + '.' + std::to_string(detail);
}

std::string reply::to_string() const {
  const auto digits = std::to_string(code);
  std::string result;
  const auto count = std::max<std::size_t>(lines.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    auto line = digits;
    line += i + 1 < count ? '-' : ' ';
    if (!enhanced.empty())
      line += enhanced + ' ';
    if (!lines.empty())
      line += lines[i];
    result += shortened(without_controls(line), max_line_octets - 2);
    result += "\r\n";
  }
  return result;
}

reply make_reply(int code, std::string_view enhanced, std::string_view text) {
  reply result;
  result.code = code;
  result.enhanced = enhanced;
  if (!enhanced.empty())
    result.enhanced.front() = static_cast<char>('0' + code / 100);
  for (;;) {
    const auto end = text.find('\n');
    result.lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return result;
    text.remove_prefix(end + 1);
  }
}

reply_event reply_parser::fail(reply_status status) {
  fault_ = status;
  line_.clear();
  growing_ = {};
  return {status, {}};
}

// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
reply_parser::line_result reply_parser::on_line(std::string_view line) {
  while (line.ends_with('\r'))
    line.remove_suffix(1);
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1])
      || !is_digit(line[2]))
    return line_result::malformed;
  const bool is_last = line.size() == 3 || line[3] == ' ';
  if (!is_last && line[3] != '-')
    return line_result::malformed;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (!growing_.lines.empty() && code != growing_.code)
    return line_result::malformed;
  growing_.code = code;
  line.remove_prefix(std::min<std::size_t>(4, line.size()));
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  auto text = line;
  if (const auto own = enhanced_code::take(text); own && own->kind == code / 100) {
    line = text;
    if (growing_.enhanced.empty())
      growing_.enhanced = own->to_string();
  }
  growing_.lines.push_back(without_controls(line));
  return is_last ? line_result::last : line_result::more;
}

reply_event reply_parser::take(std::string_view& input) {
  if (fault_ != reply_status::reply)
    return {fault_, {}};
  while (!input.empty()) {
    const auto end = input.find('\n');
    const auto piece = input.substr(0, end == std::string_view::npos ? end : end + 1);
    if (line_.size() + piece.size() > limits_.line || octets_ + piece.size() > limits_.octets)
      return fail(reply_status::too_long);
    line_ += piece;
    octets_ += piece.size();
    input.remove_prefix(piece.size());
    if (end == std::string_view::npos)
      break;
    if (growing_.lines.size() == limits_.lines)
      return fail(reply_status::too_long);
    line_.pop_back();
    const auto result = on_line(line_);
    line_.clear();
    if (result == line_result::malformed)
      return fail(reply_status::malformed);
    if (result == line_result::last) {
      octets_ = 0;
      reply whole;
      std::swap(whole, growing_);
      if (const auto code = enhanced_code::fitting(whole.code); code && whole.enhanced.empty())
        whole.enhanced = code->to_string();
      return {reply_status::reply, std::move(whole)};
    }
  }
  return {reply_status::need_more, {}};
}

} // namespace stellwerk::smtp

#include "protocol/base/domain_name.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/punycode.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace stellwerk {
namespace {

constexpr std::size_t max_label = 63;
constexpr std::size_t max_domain = 253;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// One character of strict UTF-8 (RFC 3629): no overlong forms, no surrogates.
std::optional<char32_t> take_character(std::string_view& input) {
  const auto first = static_cast<unsigned char>(input.front());
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || input.size() < length)
    return std::nullopt;
  char32_t value = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto octet = static_cast<unsigned char>(input[i]);
    if ((octet & 0xC0U) != 0x80U)
      return std::nullopt;
    value = (value << 6U) | (octet & 0x3FU);
  }
  if ((length == 3 && value < 0x800) || (length == 4 && (value < 0x10000 || value > 0x10FFFF))
      || (value >= 0xD800 && value < 0xE000))
    return std::nullopt;
  input.remove_prefix(length);
  return value;
}

// U-labels are lower case by definition (RFC 5891 section 5.3 leaves the mapping to us); these
// are the alphabets with case that domains are registered in.
char32_t to_lower_character(char32_t c) {
  if (c < 0x80)
    return static_cast<unsigned char>(to_lower(static_cast<char>(c)));
  if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9)
      || (c >= 0x410 && c <= 0x42F))
    return c + 0x20;
  if (c >= 0x400 && c <= 0x40F)
    return c + 0x50;
  if (c >= 0x531 && c <= 0x556) // Armenian
    return c + 0x30;
  if (c == 0x386 || (c >= 0x388 && c <= 0x38A)) // Greek with tonos
    return c + (c == 0x386 ? 0x26 : 0x25);
  if (c == 0x38C || c == 0x38E || c == 0x38F)
    return c + (c == 0x38C ? 0x40 : 0x3F);
  if (c == 0x1A0 || c == 0x1AF || c == 0x218 || c == 0x21A)
    return c + 1;
  if (c == 0x178)
    return 0xFF;
  if (c == 0x1E9E)
    return 0xDF;
  const bool upper_is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  const bool upper_is_even = (c >= 0x100 && c <= 0x137 && c != 0x130)
                             || (c >= 0x14A && c <= 0x177) || (c >= 0x1E00 && c <= 0x1E95)
                             || (c >= 0x1EA0 && c <= 0x1EFF);
  if ((upper_is_odd && c % 2 == 1) || (upper_is_even && c % 2 == 0))
    return c + 1;
  return c;
}

struct range {
  char32_t first;
  char32_t last;
};

// Letters, vowel signs and digits in lower case, each its own NFKC form, no two of which
// compose: what every server maps (UTS 46) to just this. Chosen by the Unicode 14 tables.
// clang-format off
constexpr range own_form[] = {
    // Latin: middle dot (Catalan), West, Central, Romanian, Vietnamese and more
    {0xB7, 0xB7}, {0xDF, 0xF6}, {0xF8, 0xFF}, {0x101, 0x12F}, {0x131, 0x131}, {0x135, 0x137},
    {0x13A, 0x13E}, {0x142, 0x148}, {0x14B, 0x17E}, {0x1A1, 0x1A1}, {0x1B0, 0x1B0},
    {0x219, 0x219}, {0x21B, 0x21B}, {0x1E01, 0x1E99}, {0x1EA1, 0x1EFF},
    // Greek, Cyrillic, Armenian, Hebrew
    {0x3AC, 0x3CE}, {0x430, 0x45F}, {0x491, 0x491}, {0x561, 0x586}, {0x5D0, 0x5EA},
    // Arabic
    {0x620, 0x63F}, {0x641, 0x64A}, {0x660, 0x669}, {0x671, 0x674}, {0x679, 0x6D3},
    {0x6F0, 0x6F9},
    // Devanagari, Thai
    {0x904, 0x928}, {0x92A, 0x930}, {0x932, 0x933}, {0x935, 0x939}, {0x93E, 0x94D},
    {0x966, 0x96F}, {0xE01, 0xE32}, {0xE34, 0xE3A}, {0xE40, 0xE4E}, {0xE50, 0xE59},
    // Kana, Han, Hangul, Gothic
    {0x3005, 0x3007}, {0x3041, 0x3096}, {0x309D, 0x309E}, {0x30A1, 0x30FA}, {0x30FC, 0x30FE},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFC}, {0xAC00, 0xD7A3}, {0x10330, 0x10340}};
// clang-format on

// What is not listed (full-width letters, ligatures, combining marks, other full stops) another
// server may map to a domain that is routed elsewhere: it has no key here. `c` is in lower
// case.
bool may_stand_in_label(char32_t c) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    return is_alpha(ascii) || is_digit(ascii) || ascii == '-' || ascii == '_';
  }
  return std::any_of(std::begin(own_form), std::end(own_form), [c](const range& letters) {
    return c >= letters.first && c <= letters.last;
  });
}

std::optional<std::string> label_key(std::string_view label) {
  const bool ascii = is_ascii(label);
  std::string key;
  std::u32string characters;
  for (auto rest = label; !rest.empty();) {
    const auto c = take_character(rest);
    if (!c || key.size() + characters.size() == max_label)
      return std::nullopt;
    const auto lower = to_lower_character(*c);
    if (!may_stand_in_label(lower))
      return std::nullopt;
    if (ascii)
      key += static_cast<char>(lower);
    else
      characters += lower;
  }
  if (!ascii)
    key = "xn--" + encode_punycode(characters);
  if (key.empty() || key.size() > max_label)
    return std::nullopt;
  return key;
}

void append_utf8(std::string& text, char32_t c) {
  const auto octet = [&](std::uint32_t value) {
    text += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (c < 0x80)
    return octet(c);
  if (c < 0x800)
    octet(0xC0 | c >> 6U);
  else if (c < 0x10000)
    octet(0xE0 | c >> 12U);
  else {
    octet(0xF0 | c >> 18U);
    octet(0x80 | (c >> 12U & 0x3FU));
  }
  if (c >= 0x800)
    octet(0x80 | (c >> 6U & 0x3FU));
  octet(0x80 | (c & 0x3FU));
}

std::string label_text(std::string_view label) {
  constexpr std::string_view prefix = "xn--";
  std::string text;
  if (label.starts_with(prefix))
    if (const auto characters = decode_punycode(label.substr(prefix.size())))
      for (const auto c : *characters)
        append_utf8(text, c);
  return label_key(text) == label ? text : std::string{label};
}

std::optional<std::string> literal_key(std::string_view domain) {
  if (domain.size() < 3 || domain.size() > max_domain || domain.back() != ']')
    return std::nullopt;
  for (const char c : domain.substr(1, domain.size() - 2))
    if (!is_alpha(c) && !is_digit(c) && c != '.' && c != ':' && c != '-')
      return std::nullopt; // An @ above all: addresses are cut at their last one.
  return to_lower(domain);
}

} // namespace

std::optional<std::string> domain_key(std::string_view domain) {
  if (domain.starts_with('['))
    return literal_key(domain);
  if (domain.ends_with('.'))
    domain.remove_suffix(1);
  std::string key;
  for (;;) {
    const auto dot = domain.find('.');
    const auto label = label_key(domain.substr(0, dot));
    if (!label)
      return std::nullopt;
    key += *label;
    if (key.size() > max_domain)
      return std::nullopt;
    if (dot == std::string_view::npos)
      return key;
    key += '.';
    domain.remove_prefix(dot + 1);
  }
}

std::string domain_text(std::string_view key) {
  std::string text;
  for (;;) {
    const auto dot = key.find('.');
    text += label_text(key.substr(0, dot));
    if (dot == std::string_view::npos)
      return text;
    text += '.';
    key.remove_prefix(dot + 1);
  }
}

std::optional<std::string> domain_key_of_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos)
    return std::nullopt;
  return domain_key(address.substr(at + 1));
}

} // namespace stellwerk

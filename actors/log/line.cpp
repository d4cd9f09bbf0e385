#include "actors/log/line.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

namespace stellwerk::log {

namespace {

/// One character off the front of `text`: how many octets it has and its code point, which is
/// above Unicode's range if the first octet begins no valid UTF-8.
struct character {
  std::size_t octets;
  char32_t code;
};
constexpr char32_t not_utf8 = 0x110000;

character first_character(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = octet(0);
  if (first < 0x80)
    return {1, first};
  const std::size_t octets = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < octets)
    return {1, not_utf8};
  auto code = static_cast<char32_t>(first & (0xFF >> (octets + 1)));
  for (std::size_t i = 1; i < octets; ++i) {
    if ((octet(i) & 0xC0) != 0x80)
      return {1, not_utf8};
    code = (code << 6) | (octet(i) & 0x3Fu);
  }
  const bool overlong = (octets == 3 && code < 0x800) || (octets == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return overlong || surrogate || code >= not_utf8 ? character{1, not_utf8}
                                                   : character{octets, code};
}

/// Would a terminal or an editor show something else than what is there?
bool misleads(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == not_utf8 || code == 0xAD
         || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E)
         || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

/// At most `max_value_octets`, ending between characters.
std::string_view bounded(std::string_view text) {
  if (text.size() <= max_value_octets)
    return text;
  std::size_t end = 0;
  while (end < max_value_octets) {
    const auto next = first_character(text.substr(end)).octets;
    if (end + next > max_value_octets)
      break;
    end += next;
  }
  return text.substr(0, end);
}

void append_escaped_octets(std::string& out, std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out.append("\\x").append(1, digits[octet >> 4]).append(1, digits[octet & 15]);
  }
}

nlohmann::ordered_json to_json(const value& what) {
  if (const auto* text = std::get_if<std::string_view>(&what.get())) {
    std::string kept{bounded(*text)};
    return kept.size() < text->size() ? kept + "..." : kept;
  }
  if (const auto* number = std::get_if<std::int64_t>(&what.get()))
    return *number;
  return std::get<bool>(what.get());
}

std::string to_text(const value& what) {
  if (const auto* text = std::get_if<std::string_view>(&what.get()))
    return escaped(*text);
  if (const auto* number = std::get_if<std::int64_t>(&what.get()))
    return std::to_string(*number);
  return std::get<bool>(what.get()) ? "yes" : "no";
}

} // namespace

std::string escaped(std::string_view text) {
  const auto kept = bounded(text);
  bool plain = !kept.empty();
  std::string out;
  for (auto rest = kept; !rest.empty();) {
    const auto next = first_character(rest);
    const auto octets = rest.substr(0, next.octets);
    rest.remove_prefix(next.octets);
    const bool harmless = !misleads(next.code) && next.code != '"' && next.code != '\\';
    plain = plain && harmless && next.code != ' ' && next.code != '=';
    if (harmless)
      out += octets;
    else if (next.code == '"' || next.code == '\\')
      out.append("\\").append(octets);
    else if (next.code == '\n')
      out += "\\n";
    else if (next.code == '\r')
      out += "\\r";
    else if (next.code == '\t')
      out += "\\t";
    else
      append_escaped_octets(out, octets);
  }
  if (kept.size() < text.size())
    out += "...";
  return plain ? out : '"' + out + '"';
}

std::string timestamp(std::chrono::system_clock::time_point when) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto time = static_cast<std::time_t>(seconds.count());
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> out{};
  auto length = std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  const auto millis = static_cast<int>((since - seconds).count());
  out[length++] = static_cast<char>('0' + millis / 100);
  out[length++] = static_cast<char>('0' + millis / 10 % 10);
  out[length++] = static_cast<char>('0' + millis % 10);
  out[length++] = 'Z';
  return {out.data(), length};
}

std::string line(format as, std::chrono::system_clock::time_point now, event what,
                 std::span<const field> fields) {
  if (as == format::json) {
    nlohmann::ordered_json out;
    out["time"] = timestamp(now);
    out["level"] = to_string(level_of(what));
    out["event"] = name(what);
    for (const auto& field : fields)
      out[std::string{field.key}] = to_json(field.what);
    return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
  std::string out = timestamp(now);
  out.reserve(160);
  out.append(" ").append(to_string(level_of(what))).append(" ").append(name(what));
  for (const auto& field : fields)
    out.append(" ").append(field.key).append("=").append(to_text(field.what));
  return out;
}

} // namespace stellwerk::log

#include "protocol/smtp/features.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

namespace stellwerk::smtp {
namespace {

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const auto word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

void take_words(std::string_view text, std::set<std::string>& words) {
  for (auto word = take_word(text); !word.empty(); word = take_word(text))
    words.insert(to_upper(word));
}

// size-value = *20DIGIT. No number, and one that is none, mean: no limit known.
std::uint64_t parse_size(std::string_view text) {
  const auto word = take_word(text);
  std::uint64_t size = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), size);
  if (end != word.data() + word.size())
    return 0;
  return fault == std::errc::result_out_of_range ? std::numeric_limits<std::uint64_t>::max()
                                                 : size;
}

std::set<std::string> in_both(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> result;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                        std::inserter(result, result.end()));
  return result;
}

} // namespace

// ehlo-line = ehlo-keyword *( SP ehlo-param )
features parse_ehlo(const reply& ehlo) {
  features found;
  if (!ehlo.lines.empty()) {
    std::string_view first = ehlo.lines.front();
    found.server_name = take_word(first);
  }
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
    std::string_view rest = ehlo.lines[i];
    auto keyword = take_word(rest);
    if (starts_with_ignoring_case(keyword, "AUTH=")) {
      take_words(keyword.substr(5), found.auth);
      keyword = keyword.substr(0, 4);
    }
    const auto is
        = [keyword](std::string_view name) { return equals_ignoring_case(keyword, name); };
    if (is("PIPELINING"))
      found.pipelining = true;
    else if (is("8BITMIME"))
      found.eight_bit_mime = true;
    else if (is("SMTPUTF8"))
      found.smtputf8 = true;
    else if (is("DSN"))
      found.dsn = true;
    else if (is("CHUNKING"))
      found.chunking = true;
    else if (is("STARTTLS"))
      found.starttls = true;
    else if (is("ENHANCEDSTATUSCODES"))
      found.enhanced_status_codes = true;
    else if (is("SIZE"))
      found.size = parse_size(rest);
    else if (is("AUTH"))
      take_words(rest, found.auth);
    else if (is("XCLIENT"))
      take_words(rest, found.xclient);
  }
  return found;
}

features common(const features& a, const features& b) {
  features both;
  both.eight_bit_mime = a.eight_bit_mime && b.eight_bit_mime;
  both.smtputf8 = a.smtputf8 && b.smtputf8;
  both.dsn = a.dsn && b.dsn;
  both.auth = in_both(a.auth, b.auth);
  const auto limit_a = a.size.value_or(0);
  const auto limit_b = b.size.value_or(0);
  both.size
      = limit_a == 0 || limit_b == 0 ? std::max(limit_a, limit_b) : std::min(limit_a, limit_b);
  return both;
}

} // namespace stellwerk::smtp

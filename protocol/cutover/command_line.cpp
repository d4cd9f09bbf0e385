#include "protocol/cutover/command_line.hpp"

namespace stellwerk {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view escapable_in_double_quotes = "\"\\$`";

/// Takes a quoted part from behind its quote to its end; false if it has none.
bool take_quoted(std::string_view text, std::size_t& at, char quote, std::string& word) {
  for (; at < text.size(); ++at) {
    const char octet = text[at];
    if (octet == quote) {
      ++at;
      return true;
    }
    const bool escapes
        = quote == '"' && octet == '\\' && at + 1 < text.size()
          && escapable_in_double_quotes.find(text[at + 1]) != std::string_view::npos;
    if (escapes)
      ++at;
    word += text[at];
  }
  return false;
}

} // namespace

std::optional<std::vector<std::string>> split_command(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false; // An empty pair of quotes is a word too.
  const auto end_word = [&] {
    if (inside)
      words.push_back(std::move(word));
    word.clear();
    inside = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char octet = text[at++];
    if (blanks.find(octet) != std::string_view::npos) {
      end_word();
      continue;
    }
    inside = true;
    if (octet == '\'' || octet == '"') {
      if (!take_quoted(text, at, octet, word))
        return std::nullopt;
    } else if (octet == '\\') {
      if (at == text.size())
        return std::nullopt;
      word += text[at++];
    } else {
      word += octet;
    }
  }
  end_word();
  if (words.empty())
    return std::nullopt;
  return words;
}

} // namespace stellwerk

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::support {

/// One line of a transcript.
struct transcript_line {
  std::string who;    ///< The first two octets: `C:`, `S:`, `--` or what else a player knows.
  std::string text;   ///< Behind them and one blank, verbatim.
  std::size_t number; ///< In the script, counted from 1, for messages.
};

/// Reads a script. Indentation does not matter; blank lines and what begins with `#` are
/// skipped.
inline std::vector<transcript_line> read_transcript(std::string_view script) {
  std::vector<transcript_line> lines;
  for (std::size_t number = 1; !script.empty(); ++number) {
    auto line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty() || line.front() == '#')
      continue;
    auto text = line.substr(std::min<std::size_t>(2, line.size()));
    if (text.starts_with(' '))
      text.remove_prefix(1);
    lines.push_back({std::string{line.substr(0, 2)}, std::string{text}, number});
  }
  return lines;
}

/// The octets `text` stands for: `\r`, `\n`, `\xHH` and `\\` are one octet each.
inline std::string unescape(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      octets += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 'x' && i + 2 < text.size()) {
      octets += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      octets += kind == 'r' ? '\r' : kind == 'n' ? '\n' : kind;
    }
  }
  return octets;
}

/// The other way round, as far as line ends and backslashes go.
inline std::string escape(std::string_view octets) {
  std::string text;
  for (const char c : octets)
    if (c == '\r' || c == '\n' || c == '\\')
      (text += '\\') += c == '\r' ? 'r' : c == '\n' ? 'n' : '\\';
    else
      text += c;
  return text;
}

} // namespace stellwerk::support

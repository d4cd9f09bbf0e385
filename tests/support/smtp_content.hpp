#pragma once

#include "protocol/smtp/content_reader.hpp"
#include "protocol/smtp/dot_stuffer.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::support {

/// What became of octets sent after DATA.
struct content_outcome {
  bool ended = false;
  std::string content{};
  std::string rest{}; ///< Behind the final dot: would be read as commands.
  bool operator==(const content_outcome&) const = default;
};

/// Through `content_reader`, in pieces of `slice` octets.
inline content_outcome read_content(std::string_view wire, std::size_t slice) {
  smtp::content_reader reader;
  content_outcome result;
  while (!wire.empty()) {
    auto piece = wire.substr(0, slice);
    wire.remove_prefix(piece.size());
    result.ended = reader.take(piece, result.content) == smtp::content_status::end;
    if (result.ended) {
      result.rest = std::string{piece} + std::string{wire};
      break;
    }
  }
  return result;
}

/// The octets of chunks through `content_reader`, in pieces of `slice` octets.
inline std::string read_chunks(std::string_view octets, std::size_t slice) {
  smtp::content_reader reader{smtp::framing::counts};
  std::string content;
  while (!octets.empty()) {
    auto piece = octets.substr(0, slice);
    octets.remove_prefix(piece.size());
    static_cast<void>(reader.take(piece, content));
  }
  reader.finish(content);
  return content;
}

/// Through `dot_stuffer`, in pieces of `slice` octets.
inline std::string stuff(std::string_view content, std::size_t slice) {
  smtp::dot_stuffer stuffer;
  std::string wire;
  while (!content.empty()) {
    stuffer.put(content.substr(0, slice), wire);
    content.remove_prefix(std::min(slice, content.size()));
  }
  stuffer.finish(wire);
  return wire;
}

/// What `content_reader` promises, said a second time without its states: cut at the first
/// CRLF.CRLF, drop the dot behind each CRLF, then spell what is no CRLF anew.
inline content_outcome promised_content(std::string_view wire) {
  const auto whole = "\r\n" + std::string{wire}; // DATA's own CRLF.
  const auto end = whole.find("\r\n.\r\n");
  content_outcome result;
  if (end == std::string::npos)
    return result;
  result.ended = true;
  result.rest = whole.substr(end + 5);
  auto lines = whole.substr(0, end + 2);
  for (auto dot = lines.find("\r\n."); dot != std::string::npos;
       dot = lines.find("\r\n.", dot + 2))
    lines.erase(dot + 2, 1);
  for (std::size_t at = 2; at < lines.size();) {
    const auto line_end = lines.find("\r\n", at);
    for (const char c : lines.substr(at, line_end - at))
      result.content += c == '\n' ? "\r\n" : std::string(1, c == '\r' ? ' ' : c);
    result.content += "\r\n";
    at = line_end + 2;
  }
  return result;
}

/// The same of the octets of chunks: no dot is touched, and the last line ends too.
inline std::string promised_chunks(std::string_view octets) {
  std::string content;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const bool is_line_end = octets.substr(i, 2) == "\r\n";
    content += is_line_end || octets[i] == '\n'
                   ? "\r\n"
                   : std::string(1, octets[i] == '\r' ? ' ' : octets[i]);
    i += is_line_end ? 1 : 0;
  }
  if (!content.empty() && !content.ends_with("\r\n"))
    content += "\r\n";
  return content;
}

/// Which octets a receiver takes for a line end.
struct receiver {
  std::vector<std::string_view> line_ends; ///< Longest first.
};

inline const std::vector<receiver> receivers{
    {{"\r\n"}},                         // RFC 5321.
    {{"\r\n", "\n"}},                   // A lone LF as well: LF.LF, LF.CRLF, CRLF.LF end it.
    {{"\r\n", "\r"}},                   // A lone CR as well.
    {{"\r\n", "\n", "\r"}},             // Anything.
    {{"\r\r\n", "\r\n", "\n\r", "\n"}}, // Odd ones met in the field.
};

/// What this receiver makes of the octets: one message up to its first final dot.
inline content_outcome receive(std::string_view wire, const receiver& by) {
  content_outcome result;
  std::string line;
  while (!wire.empty()) {
    std::string_view line_end;
    for (const auto candidate : by.line_ends)
      if (line_end.empty() && wire.starts_with(candidate))
        line_end = candidate;
    if (line_end.empty()) {
      line += wire.front();
      wire.remove_prefix(1);
      continue;
    }
    wire.remove_prefix(line_end.size());
    if (line == ".") {
      result.ended = true;
      break;
    }
    result.content += line.substr(line.starts_with('.') ? 1 : 0) + "\r\n";
    line.clear();
  }
  result.rest = wire;
  return result;
}

} // namespace stellwerk::support

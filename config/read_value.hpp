#pragma once

#include "config/yaml_value.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// One function per kind of value: what is written replaces the default in `into`; what is wrong
// is reported and changes nothing. A key that is not written leaves the default.
namespace stellwerk {

using maybe_value = std::optional<yaml_value>;

void read(const maybe_value& value, std::string& into);
/// Relative paths start at the file's folder.
void read(const maybe_value& value, std::filesystem::path& into);
void read(const maybe_value& value, bool& into);
void read(const maybe_value& value, endpoint& into);

void read_duration(const maybe_value& value, std::chrono::milliseconds& into,
                   std::chrono::milliseconds least, std::chrono::milliseconds most);
/// `2027-03-31`.
void read_date(const maybe_value& value, std::optional<std::chrono::sys_days>& into);
/// A plain number.
void read_count(const maybe_value& value, std::size_t& into, std::size_t least,
                std::size_t most);
/// A number with or without KiB, MiB, GiB.
void read_octets(const maybe_value& value, std::size_t& into, std::size_t least,
                 std::size_t most);

/// The words a value may be, with what each means.
template <class T, std::size_t Count>
using choices = std::array<std::pair<std::string_view, T>, Count>;

/// Reports a word that is none of `words`.
void report_choice(const yaml_value& value, std::string_view text,
                   const std::vector<std::string_view>& words);

template <class T, std::size_t Count>
void read(const maybe_value& value, T& into, const choices<T, Count>& options) {
  const auto text = value ? value->text() : std::nullopt;
  if (!text)
    return;
  std::vector<std::string_view> words;
  for (const auto& [word, meaning] : options) {
    if (word == *text) {
      into = meaning;
      return;
    }
    words.push_back(word);
  }
  report_choice(*value, *text, words);
}

} // namespace stellwerk

#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stellwerk::benchmarks {

/// The command line as pairs of `--name value`. Every fault throws `std::invalid_argument`.
class arguments {
public:
  arguments(int count, char** values) {
    for (int i = 1; i < count; i += 2) {
      const std::string_view name{values[i]};
      if (!name.starts_with("--") || i + 1 == count)
        throw std::invalid_argument{"expected --name value, not " + std::string{name}};
      pairs_.emplace(name.substr(2), values[i + 1]);
    }
  }

  /// The value of a name that must be there.
  [[nodiscard]] const std::string& text(const std::string& name) const {
    const auto found = pairs_.find(name);
    if (found == pairs_.end())
      throw std::invalid_argument{"--" + name + " is missing"};
    return found->second;
  }

  [[nodiscard]] std::string text(const std::string& name, const char* otherwise) const {
    return pairs_.contains(name) ? text(name) : otherwise;
  }

  [[nodiscard]] std::uint64_t number(const std::string& name) const {
    const std::string& digits = text(name);
    const char* const end = digits.data() + digits.size();
    std::uint64_t value = 0;
    const auto [stop, fault] = std::from_chars(digits.data(), end, value);
    if (fault != std::errc{} || stop != end)
      throw std::invalid_argument{"--" + name + ": " + digits + " is not a number"};
    return value;
  }

  [[nodiscard]] std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
    return pairs_.contains(name) ? number(name) : otherwise;
  }

private:
  std::map<std::string, std::string> pairs_;
};

} // namespace stellwerk::benchmarks

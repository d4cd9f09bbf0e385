#include "config/diagnostic.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace stellwerk {
namespace {

constexpr std::size_t max_quoted = 60;

// Damerau-Levenshtein distance, neighbours swapped counting one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

} // namespace

std::string text_of(const diagnostic& one) {
  std::string text = one.file;
  if (one.where.line > 0)
    text += ':' + std::to_string(one.where.line) + ':' + std::to_string(one.where.column);
  text += ": ";
  if (!one.key.empty())
    text += one.key + ": ";
  if (one.weight == severity::warning)
    text += "warning: ";
  return text + one.what;
}

std::size_t count_problems(const diagnostics& all) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(),
                    [](const diagnostic& one) { return one.weight == severity::problem; }));
}

bool has_problems(const diagnostics& all) { return count_problems(all) > 0; }

bool may_pass(const diagnostics& all) {
  return has_problems(all) && std::all_of(all.begin(), all.end(), [](const diagnostic& one) {
           return one.temporary || one.weight != severity::problem;
         });
}

void sort_by_place(diagnostics& all) {
  std::vector<std::string> files;
  for (const auto& one : all)
    if (std::find(files.begin(), files.end(), one.file) == files.end())
      files.push_back(one.file);
  const auto rank = [&](const diagnostic& one) {
    return std::find(files.begin(), files.end(), one.file) - files.begin();
  };
  std::stable_sort(all.begin(), all.end(), [&](const diagnostic& a, const diagnostic& b) {
    return std::array<std::ptrdiff_t, 3>{rank(a), a.where.line, a.where.column}
           < std::array<std::ptrdiff_t, 3>{rank(b), b.where.line, b.where.column};
  });
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : known)
    if (const auto d = distance(to_lower(word), to_lower(candidate)); d < least) {
      least = d;
      best = candidate;
    }
  return best.empty() ? "" : ", did you mean \"" + std::string{best} + "\"?";
}

std::string in_quotes(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, max_quoted)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F)
      result += {'\\', 'x', digits[octet >> 4U], digits[octet & 15U]};
    else
      result += c;
  }
  return result + (text.size() > max_quoted ? "...\"" : "\"");
}

} // namespace stellwerk

#include "protocol/cutover/journal_record.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stellwerk {
namespace {

constexpr std::array kind_words{
    std::pair{record_kind::begin, std::string_view{"begin"}},
    std::pair{record_kind::step, std::string_view{"step"}},
    std::pair{record_kind::flip, std::string_view{"flip"}},
    std::pair{record_kind::output, std::string_view{"output"}},
    std::pair{record_kind::undo, std::string_view{"undo"}},
    std::pair{record_kind::done, std::string_view{"done"}},
    std::pair{record_kind::undone, std::string_view{"undone"}},
    std::pair{record_kind::phase, std::string_view{"phase"}},
};

} // namespace

std::string_view text_of(record_kind value) {
  return kind_words.at(static_cast<std::size_t>(value)).second;
}

std::optional<record_kind> parse_record_kind(std::string_view text) {
  const auto* found = std::find_if(kind_words.begin(), kind_words.end(),
                                   [&](const auto& one) { return one.second == text; });
  return found == kind_words.end() ? std::nullopt : std::optional{found->first};
}

std::vector<unfinished_move> unfinished_moves(const std::vector<journal_record>& records) {
  std::vector<unfinished_move> open;
  for (const auto& one : records) {
    const auto same = [&](const unfinished_move& other) { return other.id == one.id; };
    const auto found = std::find_if(open.begin(), open.end(), same);
    if (one.kind == record_kind::begin && found == open.end()) {
      open.push_back({one.id, one.domain, one.from, one.to, one.by, one.undo_by});
      continue;
    }
    if (found == open.end())
      continue;
    switch (one.kind) {
      case record_kind::step:
        found->was_held = found->was_held || one.step != text_of(switch_step::gates);
        break;
      case record_kind::flip:
        found->is_committed = true;
        break;
      case record_kind::done:
      case record_kind::undone:
        open.erase(found);
        break;
      case record_kind::begin:
      case record_kind::output:
      case record_kind::undo:
      case record_kind::phase:
        break;
    }
  }
  return open;
}

} // namespace stellwerk

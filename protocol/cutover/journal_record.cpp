#include "protocol/cutover/journal_record.hpp"

#include "protocol/base/word_table.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr word_table<record_kind, 8> words{
    {"begin", "step", "flip", "output", "undo", "done", "undone", "phase"}};

} // namespace

std::string_view text_of(record_kind value) { return words.text_of(value); }

std::optional<record_kind> parse_record_kind(std::string_view text) {
  return words.parse(text);
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

#include "protocol/smtp/header_inspection.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/smtp/header_field.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace stellwerk::smtp {
namespace {

using mark_key = std::pair<std::string, std::string>; // Backend, digest.

std::string_view take_word(std::string_view& text) {
  constexpr std::string_view between = " \t\r\n";
  const auto begin = text.find_first_not_of(between);
  text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
  const auto word = text.substr(0, text.find_first_of(between));
  text.remove_prefix(word.size());
  return word;
}

mark_key key_of(const loop_mark& mark) {
  return {mark_word(mark.backend), mark_word(mark.recipient_digest, mark_digest_octets)};
}

// The marks of `instance` in the body of one Received field.
std::set<mark_key> marks_in(std::string_view body, std::string_view instance) {
  std::set<mark_key> found;
  const auto text = to_lower(body);
  for (std::string_view rest = text;;) {
    const auto opening = rest.find(mark_opening);
    const auto closing = rest.find(')', opening == std::string_view::npos ? 0 : opening);
    if (opening == std::string_view::npos || closing == std::string_view::npos)
      return found;
    auto comment = rest.substr(opening, closing - opening);
    rest.remove_prefix(closing);
    comment.remove_prefix(mark_opening.size());
    if (take_word(comment) != instance)
      continue;
    const auto backend = take_word(comment);
    for (auto digest = take_word(comment); !digest.empty(); digest = take_word(comment))
      found.emplace(backend, digest);
  }
}

} // namespace

loop_verdict inspect_loop(std::string_view fields, std::string_view instance,
                          const std::vector<loop_mark>& marks) {
  const auto own = mark_word(instance);
  std::size_t lines = 0;
  std::map<mark_key, std::size_t> seen;
  while (const auto field = take_field(fields)) {
    if (!equals_ignoring_case(field->name, "Received"))
      continue;
    if (++lines > max_received_lines)
      return loop_verdict::too_many_hops;
    for (const auto& mark : marks_in(field->body, own))
      ++seen[mark];
  }
  for (const auto& mark : marks) {
    const auto times = seen.find(key_of(mark));
    if (times != seen.end() && times->second >= max_same_mark)
      return loop_verdict::marked_thrice;
  }
  return loop_verdict::no_loop;
}

bool is_marked(std::string_view fields, std::string_view instance,
               const std::vector<loop_mark>& marks) {
  const auto own = mark_word(instance);
  std::set<mark_key> seen;
  while (const auto field = take_field(fields))
    if (equals_ignoring_case(field->name, "Received"))
      seen.merge(marks_in(field->body, own));
  return std::ranges::any_of(
      marks, [&](const loop_mark& mark) { return seen.contains(key_of(mark)); });
}

} // namespace stellwerk::smtp

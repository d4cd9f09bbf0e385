#include "protocol/base/append_wiping.hpp"

#include "protocol/base/secret.hpp"

#include <algorithm>

namespace stellwerk {

void append_wiping(std::string& text, std::string_view more) {
  const auto needed = text.size() + more.size();
  if (needed > text.capacity()) {
    std::string grown;
    grown.reserve(std::max(needed, text.capacity() * 2));
    grown = text;
    wipe(text);
    text.swap(grown);
  }
  text += more;
}

} // namespace stellwerk

// Whatever a file holds, a password is changed in one field and every other octet stays. The
// first line of the input is the name, the second the hash, the rest the file.
#include "protocol/accounts/passwd_file.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace stellwerk;

namespace {

std::string_view take_line(std::string_view& input) {
  const auto line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(input.size(), line.size() + 1));
  return line;
}

void require(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  std::string_view rest{input};
  const auto name = take_line(rest);
  const auto hash = take_line(rest);
  passwd_file users{rest};
  const auto before = users.text();
  require(before == rest);
  const auto count = users.count();
  const bool had_password = users.has_password(name);
  if (!users.set(name, hash)) {
    require(users.text() == before && users.count() == count);
    return 0;
  }
  const auto after = users.text();
  require(users.hash_of(name) == hash && !users.is_foreign(name));
  require(users.count() == count + (had_password ? 0 : 1));
  const passwd_file again{after};
  require(again.hash_of(name) == hash && again.count() == users.count());
  // One place differs: what is before and behind it is as it was.
  const auto written = "{CRYPT}" + std::string{hash};
  const auto at = after.find(written);
  require(at != std::string::npos);
  std::size_t same = 0;
  while (same < before.size() && same < after.size() && before[same] == after[same])
    ++same;
  std::size_t same_end = 0;
  while (same_end < before.size() - same && same_end < after.size() - same
         && before[before.size() - 1 - same_end] == after[after.size() - 1 - same_end])
    ++same_end;
  const auto changed = after.substr(same, after.size() - same - same_end);
  const auto longest = name.size() + written.size() + sizeof "\n:::::::\n";
  require(changed.size() <= longest);
  require(users.set(name, hash) && users.text() == after);
  return 0;
}

// A key is its own key, whatever it was made of, and holds nothing but ASCII in lower case.
// (There is no slicing here: a domain is always whole.)
#include "protocol/accounts/sender_pattern.hpp"
#include "protocol/base/ascii.hpp"
#include "protocol/base/domain_name.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace stellwerk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  if (domain_text(input).size() > 4 * size)
    std::abort();
  if (const auto key = domain_key(input)) {
    if (domain_key(*key) != key || key->size() > 253 || key->empty())
      std::abort();
    if (domain_key(domain_text(*key)) != key)
      std::abort();
    for (const char c : *key)
      if (c <= ' ' || c > '~' || c != to_lower(c) || c == '@')
        std::abort();
  }
  if (const auto parts = split_address(input)) {
    if (domain_key_of_address(input) != parts->domain || !is_own_address(*parts, *parts)
        || parts->local.empty())
      std::abort();
    if (!parse_sender_pattern(input).has_value() && !input.starts_with('@'))
      std::abort();
  }
  return 0;
}

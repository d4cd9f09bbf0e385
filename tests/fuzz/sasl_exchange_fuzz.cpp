// The first octet picks mechanism and initial response; each line is a client's answer. What
// comes out may be replayed, and PLAIN for a backend reads back as the same.
#include "protocol/base/base64.hpp"
#include "protocol/sasl/client_exchange.hpp"
#include "protocol/sasl/exchange.hpp"
#include "protocol/sasl/plain.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace stellwerk;

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

std::string_view take_line(std::string_view& input) {
  const auto line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(input.size(), line.size() + 1));
  return line;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string octets(data + 1, data + size);
  std::string_view input = octets;
  const bool has_plain = (data[0] & 1U) != 0;
  sasl::exchange exchange{has_plain ? sasl::mechanism::plain : sasl::mechanism::login};
  auto step = (data[0] & 2U) != 0 ? exchange.start(take_line(input)) : exchange.start({});
  int challenges = 0;
  while (std::holds_alternative<sasl::challenge>(step) && !input.empty()) {
    check(++challenges <= 2);
    step = exchange.on_line(take_line(input));
  }
  if (const auto* who = std::get_if<sasl::credentials>(&step)) {
    check(sasl::may_be_replayed(who->authcid, who->password.view()) && who->authzid.empty());
    sasl::client_exchange replay{sasl::mechanism::plain, *who};
    const auto again = sasl::parse_plain(*decode_base64(*replay.take_response()));
    check(again && again->authcid == who->authcid
          && again->password.view() == who->password.view());
  }
  return 0;
}

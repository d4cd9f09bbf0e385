// The first octet picks mechanism and initial response; each line is a client's answer. What
// comes out may be replayed, and what a backend gets reads back as the same, under another name
// too.
#include "protocol/base/base64.hpp"
#include "protocol/sasl/client_exchange.hpp"
#include "protocol/sasl/exchange.hpp"
#include "protocol/sasl/mechanism_set.hpp"
#include "protocol/sasl/oauthbearer.hpp"
#include "protocol/sasl/plain.hpp"
#include "protocol/sasl/xoauth2.hpp"

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

sasl::mechanism chosen(unsigned octet) {
  constexpr sasl::mechanism all[] = {sasl::mechanism::login, sasl::mechanism::plain,
                                     sasl::mechanism::xoauth2, sasl::mechanism::oauthbearer};
  return all[(octet & 1U) | ((octet >> 1U) & 2U)];
}

sasl::reading read(sasl::mechanism mech, std::string_view message) {
  if (mech == sasl::mechanism::xoauth2)
    return sasl::parse_xoauth2(message);
  return mech == sasl::mechanism::oauthbearer ? sasl::parse_oauthbearer(message)
                                              : sasl::parse_plain(message);
}

void replay(sasl::credentials who) {
  sasl::mechanism_set offered;
  for (const auto* name : {"PLAIN", "XOAUTH2", "OAUTHBEARER"})
    offered.add(name);
  const auto mech = sasl::mechanism_for(who, offered).value();
  const bool has_token = sasl::has_token(mech);
  for (const auto& name : {who.authcid, std::string{"a,b=c@x"}}) {
    const bool is_same = name == who.authcid;
    const sasl::credentials respelled{name, who.password.clone(), {}, who.mech};
    sasl::client_exchange exchange{mech, respelled};
    const auto message = *decode_base64(*exchange.take_response());
    const auto again = read(mech, message);
    const auto* login = std::get_if<sasl::credentials>(&again);
    check(login != nullptr && login->authcid == name);
    if (!has_token)
      check(login->password.view() == who.password.view());
    else if (is_same)
      check(message == who.password.view());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string octets(data + 1, data + size);
  std::string_view input = octets;
  sasl::exchange exchange{chosen(data[0])};
  auto step = (data[0] & 2U) != 0 ? exchange.start(take_line(input)) : exchange.start({});
  int challenges = 0;
  while (std::holds_alternative<sasl::challenge>(step) && !input.empty()) {
    check(++challenges <= 2);
    step = exchange.on_line(take_line(input));
  }
  if (auto* who = std::get_if<sasl::credentials>(&step)) {
    check(sasl::may_be_replayed(who->authcid, who->password.view()) && who->authzid.empty());
    replay(std::move(*who));
  }
  return 0;
}

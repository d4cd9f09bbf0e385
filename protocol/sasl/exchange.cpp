#include "protocol/sasl/exchange.hpp"

#include "protocol/base/base64.hpp"
#include "protocol/sasl/plain.hpp"

#include <string>
#include <utility>

namespace stellwerk::sasl {
namespace {

step done_or_malformed(std::optional<credentials> login) {
  if (!login)
    return fault::malformed;
  return *std::move(login);
}

} // namespace

step exchange::start(std::optional<std::string_view> initial_response) {
  if (initial_response)
    return on_answer(*initial_response == "=" ? std::string_view{} : *initial_response);
  if (mech_ == mechanism::login)
    return challenge{login_.prompt()};
  return challenge{};
}

step exchange::on_line(std::string_view line) {
  if (line == "*")
    return fault::cancelled;
  return on_answer(line);
}

step exchange::on_answer(std::string_view base64) {
  auto octets = decode_base64(base64);
  if (!octets)
    return fault::malformed;
  step next = fault::malformed;
  if (mech_ == mechanism::login) {
    login_.answer(*octets);
    if (!login_.prompt().empty())
      next = challenge{login_.prompt()};
    else
      next = done_or_malformed(login_.finish());
  } else {
    next = done_or_malformed(parse_plain(*octets));
  }
  wipe(*octets);
  return next;
}

} // namespace stellwerk::sasl

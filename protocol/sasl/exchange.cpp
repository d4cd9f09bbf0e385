#include "protocol/sasl/exchange.hpp"

#include "protocol/base/base64.hpp"
#include "protocol/sasl/oauthbearer.hpp"
#include "protocol/sasl/plain.hpp"
#include "protocol/sasl/xoauth2.hpp"

#include <utility>

namespace stellwerk::sasl {
namespace {

constexpr std::size_t max_error_octets = 8192;

// {"status":"invalid_request"}
constexpr std::string_view bad_request = "eyJzdGF0dXMiOiJpbnZhbGlkX3JlcXVlc3QifQ==";

/// Words in which a client of this mechanism expects a refused token.
std::string_view bad_token(mechanism mech) {
  return mech == mechanism::xoauth2 ? R"({"status":"401","schemes":"bearer"})"
                                    : R"({"status":"invalid_token"})";
}

step stepping(reading read) {
  if (auto* login = std::get_if<credentials>(&read))
    return std::move(*login);
  return std::get<fault>(read);
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
  if (told_)
    return *told_;
  if (line == "*")
    return fault::cancelled;
  return on_answer(line);
}

step exchange::on_answer(std::string_view base64) {
  auto octets = decode_base64(base64);
  if (!octets)
    return fault::malformed;
  step next = fault::malformed;
  switch (mech_) {
    case mechanism::plain:
      next = stepping(parse_plain(*octets));
      break;
    case mechanism::login:
      next = on_login_answer(*octets);
      break;
    case mechanism::xoauth2:
      next = stepping(parse_xoauth2(*octets));
      break;
    case mechanism::oauthbearer:
      next = stepping(parse_oauthbearer(*octets));
      break;
    case mechanism::clear:
      break;
  }
  wipe(*octets);
  const auto* wrong = std::get_if<fault>(&next);
  if (wrong == nullptr || !has_token(mech_))
    return next;
  told_ = *wrong;
  return challenge{bad_request};
}

step exchange::on_login_answer(std::string_view octets) {
  login_.answer(octets);
  if (!login_.prompt().empty())
    return challenge{login_.prompt()};
  return stepping(login_.finish());
}

std::optional<std::string> refusal_challenge(mechanism mech, std::string_view from_backend) {
  if (!has_token(mech))
    return std::nullopt;
  const bool is_sound = !from_backend.empty() && from_backend.size() <= max_error_octets
                        && decode_base64(from_backend);
  return is_sound ? std::string{from_backend} : encode_base64(bad_token(mech));
}

} // namespace stellwerk::sasl

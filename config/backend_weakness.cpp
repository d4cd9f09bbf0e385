#include "config/backend_weakness.hpp"

namespace stellwerk {
namespace {

constexpr unsigned usual_security_level = 2;

bool is_loopback(const endpoint& address) {
  return address.host == "localhost" || address.host == "::1"
         || address.host.starts_with("127.");
}

} // namespace

std::optional<unsigned> security_level_in(std::string_view ciphers) {
  constexpr std::string_view mark = "@SECLEVEL=";
  const auto at = ciphers.rfind(mark);
  if (at == std::string_view::npos || at + mark.size() >= ciphers.size())
    return std::nullopt;
  const char digit = ciphers[at + mark.size()];
  return digit >= '0' && digit <= '5' ? std::optional{static_cast<unsigned>(digit - '0')}
                                      : std::nullopt;
}

unsigned security_level_of(const backend_service& service) {
  if (service.security_level)
    return *service.security_level;
  if (const auto level = security_level_in(service.ciphers))
    return *level;
  return service.tls_min < tls_version::tls_1_2 ? 0 : usual_security_level;
}

std::vector<backend_weakness> weaknesses_of(const backend_service& service) {
  if (service.tls == backend_tls::none && is_loopback(service.address))
    return {};
  if (service.tls == backend_tls::none)
    return {{"tls", "weak: passwords and mail go to this server in clear text"}};
  std::vector<backend_weakness> found;
  const bool old_version = service.tls_min < tls_version::tls_1_2;
  if (old_version)
    found.push_back({"tls_min", "weak: TLS " + std::string{text_of(service.tls_min)}
                                    + ", SHA-1 and short keys are taken from this server"});
  if (const auto level = security_level_of(service);
      level < usual_security_level && !old_version)
    found.push_back({service.security_level ? "security_level" : "ciphers",
                     "weak: OpenSSL's security level is " + std::to_string(level)
                         + " for this server, which takes SHA-1 and short keys"});
  if (service.verify == peer_verification::none)
    found.push_back({"verify", "weak: whoever answers is taken for this server"});
  return found;
}

} // namespace stellwerk

#include "config/read_backend_tls.hpp"

#include "config/backend_weakness.hpp"
#include "config/network_name.hpp"
#include "config/read_value.hpp"
#include "protocol/base/domain_name.hpp"

#include <map>

namespace stellwerk {
namespace {

constexpr choices<backend_tls, 3> tls_words{{{"implicit", backend_tls::implicit},
                                             {"starttls", backend_tls::starttls},
                                             {"none", backend_tls::none}}};
constexpr choices<tls_version, 4> versions{{{"1.0", tls_version::tls_1_0},
                                            {"1.1", tls_version::tls_1_1},
                                            {"1.2", tls_version::tls_1_2},
                                            {"1.3", tls_version::tls_1_3}}};
constexpr choices<peer_verification, 3> verifications{{{"full", peer_verification::full},
                                                       {"pin", peer_verification::pin},
                                                       {"none", peer_verification::none}}};
constexpr std::size_t highest_security_level = 2;

/// The values as they are written, to report at their places.
using written = std::map<std::string_view, maybe_value>;

void read_proof(const written& at, backend_service& service) {
  const auto& pin = at.at("pin");
  const auto& verify = at.at("verify");
  read(verify, service.verify, verifications);
  read(at.at("ca"), service.ca);
  if (const auto text = pin ? pin->text() : std::nullopt) {
    service.pin = parse_key_pin(*text);
    if (!service.pin)
      pin->problem("must be sha256: and 64 hexadecimal digits or 44 characters of Base 64");
  }
  if (service.verify == peer_verification::pin && verify && !pin)
    verify->problem("needs a pin beside it");
  if (pin && service.verify != peer_verification::pin)
    pin->problem("has no effect without `verify: pin`");
  if (at.at("ca") && service.verify != peer_verification::full)
    at.at("ca")->problem("has no effect without `verify: full`");
}

void read_name(const maybe_value& value, std::string& into) {
  read(value, into);
  if (into.empty() || is_ip_address(into))
    return;
  if (auto key = domain_key(into))
    into = std::move(*key);
  else
    value->problem(in_quotes(into) + " is neither a host name nor an IP address");
}

void read_age(const written& at, backend_service& service) {
  const auto& level = at.at("security_level");
  const auto& ciphers = at.at("ciphers");
  read(at.at("tls_min"), service.tls_min, versions);
  read(ciphers, service.ciphers);
  if (level) {
    std::size_t number = highest_security_level;
    read_count(level, number, 0, highest_security_level);
    service.security_level = static_cast<unsigned>(number);
  }
  const auto in_ciphers = security_level_in(service.ciphers);
  if (level && in_ciphers && *in_ciphers != *service.security_level)
    level->problem("is " + std::to_string(*service.security_level) + ", but `ciphers` says "
                   + std::to_string(*in_ciphers));
  else if (service.tls_min < tls_version::tls_1_2 && security_level_of(service) > 0)
    (level ? level : ciphers)
        ->problem("must be 0 for `tls_min: \"" + std::string{text_of(service.tls_min)}
                  + "\"`, OpenSSL speaks it at no other level; it is 0 if nothing is written");
}

void read_client_certificate(const maybe_value& value, backend_service& service) {
  if (!value)
    return;
  yaml_mapping map{*value};
  auto& pair = service.certificate.emplace();
  read(map.require("chain"), pair.chain);
  read(map.require("key"), pair.key);
}

} // namespace

void read_backend_tls(yaml_mapping& map, backend_service& service) {
  written at;
  for (const std::string_view key : {"tls", "tls_min", "ciphers", "security_level", "verify",
                                     "pin", "ca", "name", "certificate"})
    at[key] = map.take(key);
  read(at["tls"], service.tls, tls_words);
  read_proof(at, service);
  read_age(at, service);
  read_name(at["name"], service.name);
  read_client_certificate(at["certificate"], service);
  if (service.tls == backend_tls::none)
    for (const auto& [key, value] : at)
      if (value && key != "tls")
        value->warning("has no effect with `tls: none`");
  for (const auto& one : weaknesses_of(service))
    if (const auto& value = at[one.key])
      value->warning(one.what);
}

} // namespace stellwerk

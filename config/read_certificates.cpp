#include "config/read_value.hpp"
#include "config/sections.hpp"

namespace stellwerk {
namespace {

certificate_settings read_certificate(const yaml_value& value) {
  yaml_mapping map{value};
  certificate_settings one;
  one.where = value.where();
  read(map.require("chain"), one.chain);
  read(map.require("key"), one.key);
  read(map.take("ocsp"), one.ocsp);
  read(map.take("legacy"), one.legacy);
  read_date(map.take("until"), one.until);
  return one;
}

} // namespace

void read_certificates(const yaml_value& value, std::vector<certificate_settings>& into) {
  for (const auto& item : value.items())
    into.push_back(read_certificate(item));
  if (into.empty())
    value.problem("at least one certificate is needed");
}

} // namespace stellwerk

#include "config/read_value.hpp"
#include "config/sections.hpp"

namespace stellwerk {
namespace {

constexpr choices<crypt_scheme, 2> schemes{
    {{"yescrypt", crypt_scheme::yescrypt}, {"sha512-crypt", crypt_scheme::sha512_crypt}}};

} // namespace

void read_provisioning(const yaml_value& value, provisioning_settings& into) {
  yaml_mapping map{value};
  const auto file = map.take("file");
  read(file, into.file);
  into.where = file ? file->where() : value.where();
  read(map.take("scheme"), into.scheme, schemes);
  const auto required = map.take("required");
  read_count(required, into.required, 0, 100);
  if (into.required > 0 && into.file.empty())
    required->problem("needs a `file`: without one no password is ever known");
}

} // namespace stellwerk

#include "config/master_login.hpp"
#include "config/read_backend_tls.hpp"
#include "config/read_value.hpp"
#include "config/sections.hpp"
#include "protocol/cutover/phase.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr choices<client_address_mode, 4> address_words{
    {{"xclient", client_address_mode::xclient},
     {"proxy_v2", client_address_mode::proxy_v2},
     {"id", client_address_mode::id},
     {"none", client_address_mode::none}}};
constexpr choices<backend_login, 2> login_words{
    {{"user", backend_login::user}, {"master", backend_login::master}}};
constexpr choices<master_form, 2> form_words{
    {{"authzid", master_form::authzid}, {"user*master", master_form::joined}}};
constexpr choices<side, 2> side_words{{{"old", side::on_old}, {"new", side::on_new}}};

void read_client_address(const maybe_value& value, mail_protocol protocol,
                         client_address_mode& into) {
  read(value, into, address_words);
  const bool wrong = protocol == mail_protocol::imap ? into == client_address_mode::xclient
                                                     : into == client_address_mode::id;
  if (value && wrong)
    value->problem(protocol == mail_protocol::imap
                       ? "xclient is not spoken on imap, write id, proxy_v2 or none"
                       : "id is for imap, write xclient, proxy_v2 or none");
}

backend_service read_service(const yaml_value& value, mail_protocol protocol) {
  yaml_mapping map{value};
  backend_service service;
  service.where = value.where();
  const auto address = map.require("address");
  read(address, service.address);
  if (address && !service.address.host.empty() && service.address.port == 0)
    address->problem("port 0 cannot be connected to");
  read_backend_tls(map, service);
  read_client_address(map.take("client_address"), protocol, service.client_address);
  return service;
}

void read_master(const yaml_value& as, yaml_mapping& map, side where,
                 backend_settings& backend) {
  const auto name = map.require("name");
  read(name, backend.master_name);
  if (name && backend.master_name.find(master_separator) != std::string::npos)
    name->problem("must not contain `*`, which `form: user*master` puts before it");
  read(map.require("password_file"), backend.master_password_file);
  read(map.take("form"), backend.master_form, form_words);
  const auto verify_on = map.take("verify_on");
  if (!verify_on)
    as.problem("`as: master` needs `verify_on`: where nobody checks passwords, everybody gets "
               "in");
  auto verifier = where == side::on_new ? side::on_old : side::on_new;
  read(verify_on, verifier, side_words);
  if (verifier == where)
    verify_on->problem("is this backend itself, which does not know the passwords");
  backend.master_verify_on = text_of(verifier);
  read_date(map.take("until"), backend.master_until);
}

void read_login(const yaml_value& value, side where, backend_settings& backend) {
  yaml_mapping map{value};
  const auto as = map.require("as");
  read(as, backend.login, login_words);
  if (backend.login == backend_login::master)
    return read_master(*as, map, where, backend);
  for (const auto* key : {"name", "password_file", "form", "verify_on", "until"})
    if (const auto useless = map.take(key))
      useless->problem("has no effect without `as: master`");
}

backend_settings read_backend(const yaml_value& value, side where) {
  yaml_mapping map{value};
  backend_settings backend;
  const auto take = [&](mail_protocol protocol, std::optional<backend_service>& into) {
    if (const auto service = map.take(text_of(protocol)))
      into = read_service(*service, protocol);
  };
  take(mail_protocol::imap, backend.imap);
  take(mail_protocol::pop3, backend.pop3);
  take(mail_protocol::submission, backend.submission);
  take(mail_protocol::smtp, backend.smtp);
  take(mail_protocol::sieve, backend.sieve);
  if (const auto login = map.take("login"))
    read_login(*login, where, backend);
  read(map.take("relays_moved_domains"), backend.relays_moved_domains);
  const bool any
      = std::any_of(all_protocols.begin(), all_protocols.end(),
                    [&](mail_protocol one) { return backend.service(one).has_value(); });
  if (!any)
    value.problem("reaches no protocol: imap, pop3, submission, smtp or sieve is needed");
  return backend;
}

} // namespace

void read_backends(const yaml_value& value, backends_settings& into) {
  yaml_mapping map{value};
  if (const auto old_one = map.require("old"))
    into.on_old = read_backend(*old_one, side::on_old);
  if (const auto new_one = map.require("new"))
    into.on_new = read_backend(*new_one, side::on_new);
  if (const auto queue = map.take("queue")) {
    yaml_mapping queue_map{*queue};
    if (const auto smtp = queue_map.require("smtp"))
      into.queue_smtp = read_service(*smtp, mail_protocol::smtp);
  }
}

} // namespace stellwerk

#include "config/network_name.hpp"
#include "config/read_value.hpp"
#include "config/sections.hpp"
#include "protocol/base/domain_name.hpp"

namespace stellwerk {
namespace {

constexpr choices<mail_protocol, 5> protocols{{{"imap", mail_protocol::imap},
                                               {"pop3", mail_protocol::pop3},
                                               {"submission", mail_protocol::submission},
                                               {"smtp", mail_protocol::smtp},
                                               {"sieve", mail_protocol::sieve}}};
constexpr choices<listener_tls, 3> tls_words{{{"implicit", listener_tls::implicit},
                                              {"starttls", listener_tls::starttls},
                                              {"refuse", listener_tls::refuse}}};

/// Octets of a `notice`: every protocol can say it in one line.
constexpr std::size_t longest_notice = 400;

void read_proxy_peers(const yaml_value& value, std::vector<ip_network>& into) {
  for (const auto& item : value.items())
    if (const auto text = item.text()) {
      const auto network = parse_ip_network(*text);
      if (!network)
        item.problem(in_quotes(*text) + " is no network, write it as 10.0.0.0/8");
      else if (network->bits == 0)
        item.warning("lets everybody who connects say who they are");
      if (network)
        into.push_back(*network);
    }
}

void read_address(const std::optional<yaml_value>& value, endpoint& into) {
  endpoint address;
  read(value, address);
  if (address.host.empty())
    return;
  if (is_ip_address(address.host))
    into = std::move(address);
  else
    value->problem("a listener's address is an IP address, " + in_quotes(address.host)
                   + " is a name");
}

listener_settings read_listener(const yaml_value& value) {
  yaml_mapping map{value};
  listener_settings one;
  one.where = value.where();
  const auto protocol = map.require("protocol");
  read(protocol, one.protocol, protocols);
  read_address(map.require("address"), one.address);
  const auto tls = map.require("tls");
  read(tls, one.tls, tls_words);
  read(map.take("certificate"), one.certificate);
  if (auto key = domain_key(one.certificate)) // As certificates write it: A-labels.
    one.certificate = std::move(*key);
  const auto notice = map.take("notice");
  read(notice, one.notice);
  if (notice && one.tls != listener_tls::refuse)
    notice->problem("is only told with `tls: refuse`");
  else if (one.notice.size() > longest_notice)
    notice->problem("is one line of at most 400 octets");
  const auto auth = map.take("auth");
  read(auth, one.auth);
  if (auth && one.protocol != mail_protocol::smtp)
    auth->problem("is for smtp listeners; on the others a login is always needed");
  if (const auto peers = map.take("proxy_protocol_from"))
    read_proxy_peers(*peers, one.proxy_protocol_from);
  return one;
}

} // namespace

void read_listeners(const yaml_value& value, std::vector<listener_settings>& into) {
  for (const auto& item : value.items()) {
    auto one = read_listener(item);
    const auto same
        = std::find_if(into.begin(), into.end(), [&](const listener_settings& other) {
            return one.address.port != 0 && other.address == one.address;
          });
    if (same != into.end())
      item.problem("the address " + text_of(one.address) + " is already taken in line "
                   + std::to_string(same->where.line));
    into.push_back(std::move(one));
  }
  if (into.empty())
    value.problem("at least one listener is needed");
}

} // namespace stellwerk

#include "config/accounts_postgresql.hpp"
#include "config/read_value.hpp"
#include "config/sections.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

void read_query(const maybe_value& value, std::string& into) {
  read(value, into);
  if (value && into.empty())
    value->problem("is empty, a query is needed");
}

/// A mapping, or the most important of its values alone.
std::optional<sqlite_accounts> read_sqlite(const yaml_value& value) {
  sqlite_accounts source;
  if (value.node().IsScalar()) {
    read(value, source.file);
  } else {
    yaml_mapping map{value};
    read(map.require("file"), source.file);
    read_query(map.take("query"), source.query);
  }
  return source.file.empty() ? std::nullopt : std::optional{std::move(source)};
}

/// Says nothing of what stands there: it may be a secret.
bool check_connection(const maybe_value& value, const std::string& connection) {
  if (!value || !value->node().IsScalar())
    return false;
  if (!is_postgresql_connection(connection)) {
    value->problem("is no connection string, write it as `host=db.example dbname=mail "
                   "user=stellwerk` or as a URI postgresql://");
    return false;
  }
  if (holds_password(connection))
    value->warning("holds a password, which `password_file` would keep out of this file");
  return true;
}

std::optional<postgresql_accounts> read_postgresql(const yaml_value& value) {
  postgresql_accounts source;
  if (value.node().IsScalar()) {
    read(value, source.connection);
    return check_connection(value, source.connection) ? std::optional{std::move(source)}
                                                      : std::nullopt;
  }
  yaml_mapping map{value};
  const auto connection = map.require("connection");
  read(connection, source.connection);
  read(map.take("password_file"), source.password_file);
  read_query(map.take("query"), source.query);
  return check_connection(connection, source.connection) ? std::optional{std::move(source)}
                                                         : std::nullopt;
}

bool is_attribute(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || c == '-' || c == '.' || c == ';' || c == '_';
  });
}

void read_attribute(const maybe_value& value, std::string& into) {
  std::string name;
  read(value, name);
  if (is_attribute(name))
    into = std::move(name);
  else if (value && value->node().IsScalar())
    value->problem(in_quotes(name) + " is no name of an attribute");
}

bool check_url(const maybe_value& value, const ldap_accounts& source) {
  if (!value || !value->node().IsScalar())
    return false;
  const std::string_view url{source.url};
  const bool in_clear = url.starts_with("ldap://");
  if (!in_clear && !url.starts_with("ldaps://") && !url.starts_with("ldapi://")) {
    value->problem("is not ldap://host:port, ldaps://host:port or ldapi://");
    return false;
  }
  if (source.starttls && !in_clear)
    value->problem("`starttls` goes with ldap:// only");
  const auto host = url.substr(url.find("//") + 2);
  const bool is_near
      = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
  if (in_clear && !source.starttls && !source.password_file.empty() && !is_near)
    value->warning(
        "the password is sent in clear text; `starttls: true` or ldaps:// ends that");
  return true;
}

std::optional<ldap_accounts> read_ldap(const yaml_value& value) {
  ldap_accounts source;
  yaml_mapping map{value};
  const auto url = map.require("url");
  const auto base = map.require("base");
  read(url, source.url);
  read(base, source.base);
  read(map.take("starttls"), source.starttls);
  read(map.take("ca"), source.ca);
  read(map.take("bind_dn"), source.bind_dn);
  const auto password_file = map.take("password_file");
  read(password_file, source.password_file);
  read(map.take("filter"), source.filter);
  read_attribute(map.take("login"), source.login);
  read_attribute(map.take("domain"), source.domain);
  read_attribute(map.take("old_login"), source.old_login);
  read_attribute(map.take("new_login"), source.new_login);
  read_attribute(map.take("senders"), source.senders);
  read_attribute(map.take("pin"), source.pin);
  if (password_file && source.bind_dn.empty())
    password_file->problem("needs a `bind_dn`, whose password it is");
  const bool is_sound = check_url(url, source);
  return is_sound && base ? std::optional{std::move(source)} : std::nullopt;
}

} // namespace

void read_accounts(const yaml_value& value, account_sources& into) {
  yaml_mapping map{value};
  const auto csv = map.take("csv");
  const auto sqlite = map.take("sqlite");
  const auto postgresql = map.take("postgresql");
  const auto ldap = map.take("ldap");
  read(csv, into.csv);
  if (sqlite)
    into.sqlite = read_sqlite(*sqlite);
  if (postgresql)
    into.postgresql = read_postgresql(*postgresql);
  if (ldap)
    into.ldap = read_ldap(*ldap);
  if (!csv && !sqlite && !postgresql && !ldap
      && (value.node().IsMap() || value.node().IsNull()))
    value.problem("names no source, as in { csv: accounts.csv }");
}

} // namespace stellwerk

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace stellwerk {

/// Rows with the columns of accounts.csv, by name; `login` is needed, NULL is empty.
struct sqlite_accounts {
  std::filesystem::path file;
  std::string query = "SELECT * FROM accounts";
  bool operator==(const sqlite_accounts&) const = default;
};

/// As with SQLite.
struct postgresql_accounts {
  /// libpq's: keywords and values, or a URI. Secrets belong into `password_file`.
  std::string connection;
  /// The first line is the password; empty: none, or libpq's own ways.
  std::filesystem::path password_file;
  std::string query = "SELECT * FROM accounts";
  bool operator==(const postgresql_accounts&) const = default;
};

/// One entry is one account. Attributes that are empty are not asked for.
struct ldap_accounts {
  /// `ldap://host:port`, `ldaps://host:port` or `ldapi://`.
  std::string url;
  /// StartTLS (RFC 4511 section 4.14) before anything else.
  bool starttls = false;
  /// PEM with the authorities for TLS; empty: the system's.
  std::filesystem::path ca;
  /// Empty: anonymous.
  std::string bind_dn;
  std::filesystem::path password_file;
  std::string base;
  std::string filter = "(objectClass=*)";
  std::string login = "mail";
  std::string domain;
  std::string old_login;
  std::string new_login;
  /// Each value is one sender, or several with blanks between.
  std::string senders;
  std::string pin;
  bool operator==(const ldap_accounts&) const = default;
};

/// Where accounts come from; all that are named are joined.
struct account_sources {
  std::filesystem::path csv;
  std::optional<sqlite_accounts> sqlite;
  std::optional<postgresql_accounts> postgresql;
  std::optional<ldap_accounts> ldap;

  [[nodiscard]] bool any() const { return !csv.empty() || sqlite || postgresql || ldap; }
};

} // namespace stellwerk

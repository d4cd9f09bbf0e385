#pragma once

#include "config/account_sources.hpp"
#include "protocol/accounts/password_policy.hpp"
#include "protocol/accounts/policy_mode.hpp"
#include "protocol/accounts/sender_pattern.hpp"
#include "protocol/base/ip_network.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The keys of stellwerk.yaml as plain structs, with their defaults. "Restart" marks what a
// reload does not change (it says so); everything else is reloadable. Paths are already
// resolved against the folder of stellwerk.yaml.
namespace stellwerk {

/// A place in a file, from 1; 0 is none.
struct position {
  int line = 0;
  int column = 0;
  bool operator==(const position&) const = default;
};

/// `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`; `host` has no brackets.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const endpoint&) const = default;
};
/// With brackets where they are needed.
[[nodiscard]] std::string text_of(const endpoint& value);

enum class mail_protocol : std::uint8_t { imap, pop3, submission, smtp, sieve };
inline constexpr std::array all_protocols{mail_protocol::imap, mail_protocol::pop3,
                                          mail_protocol::submission, mail_protocol::smtp,
                                          mail_protocol::sieve};
[[nodiscard]] std::string_view text_of(mail_protocol value);

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
  bool operator==(const log_settings&) const = default;
};

struct admin_settings {
  /// Metrics and health; port 0 takes a free one. Restart.
  endpoint listen{"127.0.0.1", 9180};
  /// Written in the file: the operator counts on it.
  bool is_written = false;
};

/// A certificate and what proves that it is ours.
struct key_pair_files {
  /// PEM, leaf first.
  std::filesystem::path chain;
  /// PEM, without a passphrase.
  std::filesystem::path key;
};

struct certificate_settings : key_pair_files {
  /// An OCSP response (RFC 6960, DER) to staple; empty: none. Read again by every reload.
  std::filesystem::path ocsp;
  /// Its names end when it ends.
  bool legacy = false;
  /// The names end earlier than the certificate: at the start of this day, UTC.
  std::optional<std::chrono::sys_days> until;
  /// Where it is written in stellwerk.yaml, for problems found when it is opened.
  position where;
};

enum class listener_tls : std::uint8_t { implicit, starttls, refuse };
[[nodiscard]] std::string_view text_of(listener_tls value);

/// Restart, as a whole.
struct listener_settings {
  mail_protocol protocol = mail_protocol::imap;
  /// What to bind: an IP address and a port; port 0 takes a free one.
  endpoint address;
  listener_tls tls = listener_tls::implicit;
  /// A name in the certificate to show when SNI picks none; empty: the first one.
  std::string certificate;
  /// What `tls: refuse` tells clients.
  std::string notice;
  /// On smtp: clients may authenticate and submit on port 25.
  bool auth = false;
  /// Peers that must send a PROXY header, versions 1 and 2; from all others it is not believed.
  std::vector<ip_network> proxy_protocol_from;
  position where;
};

enum class backend_tls : std::uint8_t { implicit, starttls, none };
[[nodiscard]] std::string_view text_of(backend_tls value);
enum class tls_version : std::uint8_t { tls_1_0, tls_1_1, tls_1_2, tls_1_3 };
[[nodiscard]] std::string_view text_of(tls_version value);
enum class peer_verification : std::uint8_t { full, pin, none };
[[nodiscard]] std::string_view text_of(peer_verification value);
enum class client_address_mode : std::uint8_t { none, xclient, proxy_v2, id };
[[nodiscard]] std::string_view text_of(client_address_mode value);

/// SHA-256 of a public key (SPKI, DER).
using key_pin = std::array<std::uint8_t, 32>;

/// How one protocol of a backend is reached. What is said of TLS here holds for this endpoint
/// alone, never for another backend or a client.
struct backend_service {
  endpoint address;
  backend_tls tls = backend_tls::starttls;
  /// Below 1.2 it implies a security level of 0, without which OpenSSL speaks no old version.
  tls_version tls_min = tls_version::tls_1_2;
  /// OpenSSL's cipher string for TLS 1.2 and older; empty: OpenSSL's default.
  std::string ciphers;
  /// OpenSSL's, 0 to 2; not set: see `security_level_of`.
  std::optional<unsigned> security_level;
  peer_verification verify = peer_verification::full;
  /// With `verify: pin`, and only then.
  std::optional<key_pin> pin;
  /// PEM with the authorities for `verify: full`; empty: the system's.
  std::filesystem::path ca;
  /// The name to ask for (SNI) and to verify; empty: the host of `address`.
  std::string name;
  /// What we show if the backend asks who we are.
  std::optional<key_pair_files> certificate;
  /// How the backend learns the real client's address.
  client_address_mode client_address = client_address_mode::none;
  position where;
};

enum class backend_login : std::uint8_t { user, master };

/// How a master says whose session it opens.
enum class master_form : std::uint8_t {
  authzid, ///< In SASL PLAIN (RFC 4616).
  joined,  ///< `user*master` as the login name.
};

struct backend_settings {
  std::optional<backend_service> imap;
  std::optional<backend_service> pop3;
  std::optional<backend_service> submission;
  std::optional<backend_service> smtp;
  std::optional<backend_service> sieve;
  /// Who logs in there: the user, with the user's own password, or a master.
  backend_login login = backend_login::user;
  std::string master_name;
  stellwerk::master_form master_form = stellwerk::master_form::authzid;
  std::filesystem::path master_password_file;
  /// `old` or `new`: which backend checks the user's password when the master logs in here.
  std::string master_verify_on;
  /// From the start of this day (UTC) on the user's own password alone counts here.
  std::optional<std::chrono::sys_days> master_until;
  /// This server sends mail for domains that are elsewhere back to us.
  bool relays_moved_domains = false;

  [[nodiscard]] const std::optional<backend_service>& service(mail_protocol protocol) const;
};

struct backends_settings {
  backend_settings on_old;
  backend_settings on_new;
  /// An MTA that keeps and retries.
  std::optional<backend_service> queue_smtp;
};

/// The rules that an exception may be from.
enum class policy_name : std::uint8_t { login_case, sender_binding, delivery_tls };
[[nodiscard]] std::string_view text_of(policy_name value);

/// Lets through what one rule would refuse, until it ends by itself. Whatever of login, address
/// and network is named must fit.
struct exception_settings {
  policy_name policy = policy_name::login_case;
  /// As a client presents it; empty: any.
  std::string login;
  /// With `sender_binding` a sender, with `login_case` a login that is an address.
  std::optional<sender_pattern> address;
  std::optional<ip_network> network;
  /// As they are written.
  std::string address_text;
  std::string network_text;
  /// The last day.
  std::chrono::sys_days until;
  /// The moment: at 10:00 of the first Monday to Friday behind that day, or at its midnight,
  /// local time.
  std::chrono::system_clock::time_point ends;
  std::string reason;
  std::string owner;
  position where;
};

/// How much is kept of what would be refused.
struct findings_settings {
  /// 1 to 100,000,000. Restart.
  std::size_t max_rows = 1'000'000;
  /// Not seen for so long: forgotten, 1 to 3650 days. Restart.
  std::chrono::days retention{180};
};

enum class while_moving : std::uint8_t { defer, queue, target };

/// What it exempts, as text: a reload that leaves that alone leaves its name.
[[nodiscard]] std::string name_of(const exception_settings& one);

/// What accounts are judged by.
struct account_policy {
  /// Default `enforce`; without `accounts` it is `off`.
  dated_mode login_case{policy_mode::enforce};
  dated_mode envelope{policy_mode::enforce};
  dated_mode header{policy_mode::observe};
};

struct policy_settings {
  account_policy general;
  /// By `domain_key` of a login's domain; whole, what is not written there is as in `general`.
  std::map<std::string, account_policy, std::less<>> domains;
  /// Port 25 without TLS; never `off`.
  policy_mode delivery_tls = policy_mode::enforce;
  while_moving delivery_while_moving = while_moving::defer;
  /// Reported, never enforced.
  password_policy password;
};

/// How long things may take.
struct budget_settings {
  using duration = std::chrono::milliseconds;
  /// Longest wait of a parked login, 1 s to 1 h.
  duration park = std::chrono::minutes{10};
  /// Untagged OK to a parked IMAP client, 1 s to 5 min.
  duration park_keepalive = std::chrono::seconds{15};
  /// For sessions to reach a safe point, then they are cut, 0 s to 10 min.
  duration drain = std::chrono::seconds{30};
  /// Longest `moving` or `returning` of a switch, 1 s to 24 h.
  duration freeze = std::chrono::minutes{15};
  /// How long a domain is compared with before, once it has come to the other side, 0 s to 1 h.
  duration watch = std::chrono::minutes{10};
  /// To a backend, per address tried, 100 ms to 2 min.
  duration connect = std::chrono::seconds{10};
  /// Of a backend, TLS included, 100 ms to 10 min.
  duration greeting = std::chrono::seconds{30};
};

/// How passwords are hashed (crypt(5)).
enum class crypt_scheme : std::uint8_t { yescrypt, sha512_crypt };

/// Hashes of the passwords that the old server accepts, for the new one.
struct provisioning_settings {
  /// Dovecot's passwd-file; empty: nothing is kept. Restart.
  std::filesystem::path file;
  /// Of new hashes.
  crypt_scheme scheme = crypt_scheme::yescrypt;
  /// Percent of a domain's accounts that a `switch` wants to have a password there, 0 to 100;
  /// 0: no gate.
  std::size_t required = 0;
  position where;
};

/// Commands for switch and reverse; empty: none.
struct hook_settings {
  std::string quiesce;
  std::string final_sync;
  std::string verify;
  std::string before_flip;
  std::string undo;
  position where; ///< Of the section.
};

struct dns_settings {
  /// Empty: the system's.
  std::vector<endpoint> servers;
  bool operator==(const dns_settings&) const = default;
};

struct limit_settings {
  using duration = std::chrono::milliseconds;
  /// Client connections at once, 1 to 1,000,000.
  std::size_t connections = 20000;
  /// Of one client address, 1 to 1,000,000.
  std::size_t connections_per_address = 200;
  /// Parked logins at once, 0 to 1,000,000.
  std::size_t parked = 10000;
  /// From connect to login, 1 s to 1 h; not while parked, not on port 25.
  duration unauthenticated = std::chrono::seconds{60};
  /// Between commands where the protocol is ours, 1 s to 1 h.
  duration command = std::chrono::minutes{5};
  /// Of a session whose bytes only flow through, 1 s to 24 h.
  duration idle = std::chrono::minutes{31};
  /// Octets of a command line, CRLF included, 512 to 1 MiB.
  std::size_t line = 12288;
  /// Octets of all literals of a command before login, 256 to 1 MiB.
  std::size_t literal_before_login = std::size_t{8} * 1024;
  /// Octets of a message's header, 1 KiB to 16 MiB.
  std::size_t header = std::size_t{256} * 1024;
  /// Of one transaction, 1 to 100,000 (RFC 5321 section 4.5.3.1.8 asks for 100).
  std::size_t recipients = 1000;
};

/// stellwerk.yaml.
struct configuration {
  /// stellwerk.yaml itself, as it was named.
  std::filesystem::path file;
  /// Greetings, EHLO, Received; default: the machine's name. Restart.
  std::string hostname;
  /// Journal and findings. Restart.
  std::filesystem::path state_dir;
  /// Socket between CLI and proxy; default: `control.sock` in state_dir. Restart.
  std::filesystem::path control;
  /// I/O threads, 1 to 256; 0: one per core. Restart.
  unsigned workers = 0;
  log_settings log;
  admin_settings admin;
  /// IP addresses that the MX records should lead to.
  std::vector<std::string> public_addresses;
  std::vector<certificate_settings> certificates;
  std::vector<listener_settings> listeners;
  backends_settings backends;
  std::filesystem::path routes;
  /// None: there are no accounts.
  account_sources accounts;
  policy_settings policy;
  budget_settings budgets;
  hook_settings hooks;
  provisioning_settings provisioning;
  dns_settings dns;
  limit_settings limits;
  std::vector<exception_settings> exceptions;
  findings_settings findings;
  /// Whom to become after the ports are bound; empty: stay. Restart.
  std::string user;
  position user_where;
};

} // namespace stellwerk

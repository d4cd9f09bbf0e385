#include "config/load_configuration.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace stellwerk;
using namespace std::chrono_literals;

namespace {

const std::string needed = R"(certificates:
  - { chain: c.pem, key: c.key }
listeners:
  - { protocol: imap, address: "127.0.0.1:993", tls: implicit }
backends:
  old: { imap: { address: "old:143", tls: starttls } }
  new: { imap: { address: "new:143", tls: starttls } }
)";

std::string problems(const std::string& text) {
  diagnostics found;
  (void)parse_configuration(text, "conf/s.yaml", found);
  sort_by_place(found);
  std::string result;
  for (const auto& one : found)
    if (one.weight == severity::problem)
      result += text_of(one) + '\n';
  return result;
}

// The problems of `more` behind the keys that are needed; its first line is line 1.
std::string problems_of(const std::string& more) { return problems(more + '\n' + needed); }

configuration parsed(const std::string& more) {
  diagnostics found;
  auto result = parse_configuration(more + '\n' + needed, "conf/s.yaml", found);
  for (const auto& one : found)
    CHECK_MESSAGE(one.weight == severity::warning, text_of(one));
  return result.value();
}

// A listener and an imap service of the old backend as given, in lines 2 and 4.
std::string with(const std::string& listener, const std::string& service) {
  return problems("listeners:\n  - { " + listener + " }\nbackends:\n  old: { " + service
                  + " }\n  new: { imap: { address: \"new:143\", tls: none } }\n"
                    "certificates: [{ chain: c, key: k }]\n");
}
const std::string good_listener = R"(protocol: imap, address: "127.0.0.1:1", tls: implicit)";
const std::string good_service = R"(imap: { address: "old:143", tls: none })";

} // namespace

TEST_CASE("what is not written has the defaults of the specification") {
  const auto result = parsed("");
  CHECK_FALSE(result.hostname.empty());
  CHECK(result.state_dir == "conf/state");
  CHECK(result.control == "conf/state/control.sock");
  CHECK(result.routes == "conf/routes.yaml");
  CHECK(!result.accounts.any());
  CHECK(result.workers == 0);
  CHECK(result.log == log_settings{log_level::info, log_format::text});
  CHECK(result.admin.listen == endpoint{"127.0.0.1", 9180});
  CHECK(result.policy.general.login_case.mode == policy_mode::off); // there are no accounts
  CHECK(result.policy.general.envelope.mode == policy_mode::enforce);
  CHECK(result.policy.general.header.mode == policy_mode::observe);
  CHECK(result.policy.delivery_tls == policy_mode::enforce);
  CHECK(result.policy.delivery_while_moving == while_moving::defer);
  CHECK(result.budgets.park == 10min);
  CHECK(result.budgets.park_keepalive == 15s);
  CHECK(result.budgets.drain == 30s);
  CHECK(result.budgets.freeze == 15min);
  CHECK(result.budgets.watch == 10min);
  CHECK(result.budgets.connect == 10s);
  CHECK(result.budgets.greeting == 30s);
  CHECK(result.limits.connections == 20000);
  CHECK(result.limits.connections_per_address == 200);
  CHECK(result.limits.parked == 10000);
  CHECK(result.limits.unauthenticated == 60s);
  CHECK(result.limits.command == 5min);
  CHECK(result.limits.idle == 31min);
  CHECK(result.limits.line == 12288);
  CHECK(result.limits.literal_before_login == 8192);
  CHECK(result.limits.header == 262144);
  CHECK(result.limits.recipients == 1000);
  CHECK(result.findings.max_rows == 1'000'000);
  CHECK(result.findings.retention == 180 * 24h);
  CHECK(result.user.empty());
  const auto& service = result.backends.on_old.imap.value();
  CHECK(service.tls_min == tls_version::tls_1_2);
  CHECK(service.verify == peer_verification::full);
  CHECK(service.client_address == client_address_mode::none);
  CHECK(result.certificates.front().chain == "conf/c.pem");
}

TEST_CASE("what is written replaces them") {
  const auto result = parsed(R"(hostname: mail.old.example
state_dir: /var/lib/s
workers: 3
log: { level: debug, format: json }
admin: { listen: "[::1]:9999" }
public_addresses: [192.0.2.25, "2001:db8::25"]
routes: /etc/r.yaml
accounts: { csv: a.csv }
policy:
  login_case: warn
  sender_binding: { envelope: off, header: warn }
  delivery_tls: observe
  delivery_while_moving: target
  password_policy: { min_length: 10, min_classes: 3, without_login: true }
budgets: { park: 1h, drain: 0s, connect: 500ms }
hooks: { quiesce: "sh -c 'x'", undo: undo.sh }
dns: { servers: ["127.0.0.1:5353", "::1", 192.0.2.1] }
limits: { literal_before_login: 1MiB, idle: 2h, recipients: 100 }
findings: { max_rows: 5, retention: 30d }
user: stellwerk)");
  CHECK(result.hostname == "mail.old.example");
  CHECK(result.state_dir == "/var/lib/s");
  CHECK(result.control == "/var/lib/s/control.sock");
  CHECK(result.workers == 3);
  CHECK(result.log == log_settings{log_level::debug, log_format::json});
  CHECK(result.admin.listen == endpoint{"::1", 9999});
  CHECK(result.public_addresses.size() == 2);
  CHECK(result.routes == "/etc/r.yaml");
  CHECK(result.accounts.csv == "conf/a.csv");
  CHECK(result.policy.general.login_case.mode == policy_mode::warn);
  CHECK(result.policy.general.envelope.mode == policy_mode::off);
  CHECK(result.findings.max_rows == 5);
  CHECK(result.findings.retention == 30 * 24h);
  CHECK(result.policy.general.header.mode == policy_mode::warn);
  CHECK(result.policy.delivery_tls == policy_mode::observe);
  CHECK(result.policy.delivery_while_moving == while_moving::target);
  CHECK(result.policy.password == password_policy{10, 3, true});
  CHECK(result.budgets.park == 1h);
  CHECK(result.budgets.drain == 0s);
  CHECK(result.budgets.connect == 500ms);
  CHECK(result.hooks.quiesce == "sh -c 'x'");
  CHECK(result.hooks.undo == "undo.sh");
  CHECK(result.hooks.where.line > 0);
  CHECK(result.dns.servers
        == std::vector<endpoint>{{"127.0.0.1", 5353}, {"::1", 53}, {"192.0.2.1", 53}});
  CHECK(result.limits.literal_before_login == 1048576);
  CHECK(result.limits.idle == 2h);
  CHECK(result.limits.recipients == 100);
  CHECK(result.user == "stellwerk");
}

TEST_CASE("all problems come at once, each with line and column") {
  CHECK(problems(R"(hostname: mail.old.example
listener:
  - { protocol: imap, address: "0.0.0.0:993", tls: implicit }
certificates:
  - { chain: c.pem, key: c.key, until: 2027-02-30 }
backends:
  old: { imap: { address: "old:143", tls: startls } }
  new: { imap: { address: "new", tls: none } }
budgets:
  park:         2h
  drain: 30s
)") == R"(conf/s.yaml:1:1: listeners: is missing
conf/s.yaml:2:1: listener: unknown key, did you mean "listeners"?
conf/s.yaml:5:40: certificates[0].until: "2027-02-30" is no day, write it as 2027-03-31
conf/s.yaml:7:43: backends.old.imap.tls: "startls" is not implicit, starttls or none
conf/s.yaml:8:27: backends.new.imap.address: "new" is not host:port, 192.0.2.1:port or [2001:db8::1]:port
conf/s.yaml:10:17: budgets.park: 2h is outside 1 s to 1 h
)");
}

TEST_CASE("unknown and doubled keys, wrong shapes") {
  CHECK(problems_of("limits: { line: 1024, lien: 1024, line: 2048 }")
        == "conf/s.yaml:1:23: limits.lien: unknown key, did you mean \"line\"?\n"
           "conf/s.yaml:1:35: limits.line: doubled key, already in line 1\n");
  CHECK(problems_of("limits: [a]")
        == "conf/s.yaml:1:9: limits: must be a mapping, as in { key: value }\n");
  CHECK(problems_of("public_addresses: 192.0.2.1")
        == "conf/s.yaml:1:19: public_addresses: must be a list, as in [a, b]\n");
  CHECK(problems_of("hostname: [a]")
        == "conf/s.yaml:1:11: hostname: is a list, a single value is needed\n");
  CHECK(problems_of("hostname: {a: b}")
        == "conf/s.yaml:1:11: hostname: is a mapping, a single value is needed\n");
  CHECK(problems_of("user:").find("user: has no value\n") != std::string::npos);
  CHECK(problems_of("budgets:\nhooks:\nlimits:").empty());
  CHECK(problems_of("? [a]\n: b") == "conf/s.yaml:1:3: a key must be a single value\n");
  CHECK(problems_of("\"a\\x1bb\": c") == "conf/s.yaml:1:1: \"a\\x1bb\": unknown key\n");
}

TEST_CASE("text that is no YAML, or more than one document") {
  CHECK(problems("a: [b").starts_with("conf/s.yaml:1:"));
  CHECK(problems("a: b\n c: d\n").starts_with("conf/s.yaml:2:"));
  CHECK(problems("") == "conf/s.yaml:1:1: is empty\n");
  CHECK(problems("# nothing\n") == "conf/s.yaml:1:1: is empty\n");
  CHECK(problems(needed + "---\nb: c\n").find("a second document") != std::string::npos);
  CHECK(problems("just words").find("must be a mapping") != std::string::npos);
}

TEST_CASE("values out of range or of no form") {
  CHECK(problems_of("workers: 0") == "conf/s.yaml:1:10: workers: 0 is outside 1 to 256\n");
  CHECK(problems_of("workers: many")
        == "conf/s.yaml:1:10: workers: \"many\" is not a number\n");
  CHECK(problems_of("limits: { line: 511 }")
        == "conf/s.yaml:1:17: limits.line: 511 is outside 512 to 1,048,576\n");
  CHECK(problems_of("limits: { header: 8kb }").find("is not a size") != std::string::npos);
  CHECK(problems_of("budgets: { park: 10 }").find("is no duration") != std::string::npos);
  CHECK(problems_of("policy: { delivery_tls: off }")
        == "conf/s.yaml:1:25: policy.delivery_tls: \"off\" is not observe, warn or enforce\n");
  CHECK(problems_of("public_addresses: [mail.example]").find("no IP address")
        != std::string::npos);
  CHECK(problems_of("hostname: \"a b\"").find("is no host name") != std::string::npos);
  CHECK(problems_of("dns: { servers: [\"host:53\"] }").find("no IP address")
        != std::string::npos);
  CHECK(problems_of("routes: \"\"").find("a path is needed") != std::string::npos);
}

TEST_CASE("both backends must exist and reach something") {
  const std::string head = "certificates: [{ chain: c, key: k }]\nlisteners:\n"
                           "  - { protocol: imap, address: \"127.0.0.1:1\", tls: implicit }\n";
  CHECK(problems(head + "backends:\n  old: { imap: { address: \"o:1\", tls: none } }\n")
        == "conf/s.yaml:5:3: backends.new: is missing\n");
  CHECK(problems(head + "backends:\n  old: {}\n  new: { imap: { address: \"o:1\" } }\n")
            .find("5:8: backends.old: reaches no protocol")
        != std::string::npos);
  CHECK(problems(head
                 + "backends:\n  old: { smtp: { address: \"o:1\" } }\n"
                   "  new: { smtp: { address: \"o:1\" } }\n")
        == "conf/s.yaml:3:5: listeners: neither old nor new has a backend for imap\n");
}

TEST_CASE("listeners") {
  CHECK(with(good_listener, good_service).empty());
  CHECK(with(R"(protocol: imap, address: "localhost:1", tls: implicit)", good_service)
            .find("2:32: listeners[0].address: a listener's address is an IP address")
        != std::string::npos);
  CHECK(with(R"(protocol: imap, tls: implicit)", good_service)
        == "conf/s.yaml:2:5: listeners[0].address: is missing\n");
  CHECK(with(good_listener + " }\n  - { " + good_listener, good_service)
            .find("3:5: listeners[1]: the address 127.0.0.1:1 is already taken in line 2")
        != std::string::npos);
  CHECK(with(good_listener + ", notice: bye", good_service).find("tls: refuse")
        != std::string::npos);
  CHECK(with(good_listener + ", auth: true", good_service).find("for smtp listeners")
        != std::string::npos);
  const std::string with_auth
      = R"(protocol: smtp, address: "127.0.0.1:1", tls: starttls, auth: true)";
  const auto smtp = good_service + R"(, smtp: { address: "old:25" })";
  CHECK(with(with_auth, smtp)
        == "conf/s.yaml:2:5: listeners: neither old nor new has a backend for submission\n");
  CHECK(with(with_auth, smtp + R"(, submission: { address: "old:587" })").empty());
  CHECK(problems("listeners: []\n").find("at least one listener is needed")
        != std::string::npos);
}

TEST_CASE("listeners of pop3 and sieve, and such as refuse all with a notice") {
  const auto services = good_service + R"(, pop3: { address: "old:110" })"
                        + R"(, sieve: { address: "old:4190" })";
  const std::string pop3 = R"(protocol: pop3, address: "127.0.0.1:1", tls: )";
  CHECK(with(pop3 + "implicit", services).empty());
  CHECK(with(R"(protocol: sieve, address: "127.0.0.1:1", tls: starttls)", services).empty());
  CHECK(with(pop3 + "starttls", good_service).find("neither old nor new has a backend for pop3")
        != std::string::npos);
  CHECK(with(pop3 + "refuse, notice: \"POP3 has ended\"", good_service).empty());
  CHECK(with(pop3 + "refuse", good_service).empty());
  CHECK(with(pop3 + R"(refuse, notice: "a\r\nb")", good_service)
        == "conf/s.yaml:2:68: listeners[0].notice: holds a control character\n");
  CHECK(with(pop3 + "refuse, notice: " + std::string(401, 'x'), good_service)
        == "conf/s.yaml:2:68: listeners[0].notice: is one line of at most 400 octets\n");
}

TEST_CASE("backends") {
  const auto service = [](const std::string& more) {
    return with(good_listener, R"(imap: { address: "old:143", tls: starttls, )" + more + " }");
  };
  const std::string pin = "\"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"";
  CHECK(service("verify: pin, pin: " + pin).empty());
  CHECK(service("verify: pin").find("needs a pin") != std::string::npos);
  CHECK(service("pin: " + pin).find("has no effect without `verify: pin`")
        != std::string::npos);
  CHECK(service("verify: none, ca: ca.pem").find("has no effect without `verify: full`")
        != std::string::npos);
  CHECK(service("verify: pin, pin: \"sha256:abc\"").find("must be sha256:")
        != std::string::npos);
  CHECK(service("client_address: xclient").find("not spoken on imap") != std::string::npos);
  CHECK(service("client_address: id").empty());
  CHECK(
      with(good_listener, good_service + R"(, smtp: { address: "old:25", client_address: id })")
          .find("id is for imap")
      != std::string::npos);
  CHECK(with(good_listener, R"(imap: { address: "old:0" })").find("port 0")
        != std::string::npos);
  CHECK(with(good_listener, good_service + ", login: { as: user, name: x }")
            .find("no effect without `as: master`")
        != std::string::npos);
  CHECK(problems_of("policy: { delivery_while_moving: queue }").find("needs a backend `queue`")
        != std::string::npos);
}

TEST_CASE("balancers are networks or addresses") {
  CHECK(with(good_listener + ", proxy_protocol_from: [10.0.0.0/8, 192.0.2.1, '2001:db8::/32']",
             good_service)
            .empty());
  CHECK(
      with(good_listener + ", proxy_protocol_from: [10.0.0.0/33, lb.example]", good_service)
      == "conf/s.yaml:2:84: listeners[0].proxy_protocol_from[0]: \"10.0.0.0/33\" is no "
         "network, "
         "write it as 10.0.0.0/8\n"
         "conf/s.yaml:2:97: listeners[0].proxy_protocol_from[1]: \"lb.example\" is no network, "
         "write it as 10.0.0.0/8\n");
}

TEST_CASE("to believe everybody is a warning") {
  diagnostics found;
  auto text = needed;
  text.insert(text.find(", tls: implicit"), ", proxy_protocol_from: [0.0.0.0/0, '::/0']");
  CHECK(parse_configuration(text, "s.yaml", found)->listeners.front().proxy_protocol_from.size()
        == 2);
  const auto is_warned = [](const diagnostic& one) {
    return one.weight == severity::warning
           && one.what == "lets everybody who connects say who they are";
  };
  CHECK(std::count_if(found.begin(), found.end(), is_warned) == 2);
}

TEST_CASE("findings are kept for days") {
  for (const std::string wrong : {"0d", "3651d", "12h", "soon", "-1d"})
    CHECK(problems_of("findings: { retention: " + wrong + " }")
          == "conf/s.yaml:1:24: findings.retention: \"" + wrong
                 + "\" is no number of days from 1d to 3650d\n");
  CHECK(problems_of("findings: { max_rows: 0 }").find("findings.max_rows: ")
        != std::string::npos);
}

TEST_CASE("accounts from several sources") {
  const auto brief = parsed("accounts: { sqlite: a.db, postgresql: dbname=mail }").accounts;
  CHECK(brief.sqlite == sqlite_accounts{"conf/a.db"});
  CHECK(brief.postgresql == postgresql_accounts{"dbname=mail", {}});
  CHECK_FALSE(brief.ldap.has_value());
  const auto text = R"(accounts:
  csv: a.csv
  sqlite: { file: a.db, query: SELECT login FROM people }
  postgresql: { connection: "postgresql://db.example/mail", password_file: pw, query: SELECT 1 }
  ldap: { url: "ldap://ds.example", starttls: true, ca: ca.pem, bind_dn: "cn=s", password_file: pw,
          base: "dc=example", filter: '(mail=*)', login: uid, domain: d, old_login: o,
          new_login: n, senders: alias, pin: p })";
  const auto accounts = parsed(text).accounts;
  CHECK(accounts.csv == "conf/a.csv");
  CHECK(accounts.sqlite == sqlite_accounts{"conf/a.db", "SELECT login FROM people"});
  CHECK(accounts.postgresql
        == postgresql_accounts{"postgresql://db.example/mail", "conf/pw", "SELECT 1"});
  CHECK(accounts.ldap
        == ldap_accounts{"ldap://ds.example", true, "conf/ca.pem", "cn=s", "conf/pw",
                         "dc=example", "(mail=*)", "uid", "d", "o", "n", "alias", "p"});
}

TEST_CASE("mistakes in sources of accounts, without their secrets") {
  CHECK(problems_of("accounts: {}").find("names no source") != std::string::npos);
  for (const std::string source : {"postgresql", "ldap"}) {
    const auto said = problems_of("accounts: { " + source + ": \"user:s3cret@db\" }");
    CHECK(said.find("accounts." + source + ": ") != std::string::npos);
    CHECK(said.find("s3cret") == std::string::npos);
  }
  CHECK(problems_of("accounts: { sqlite: { query: '' } }")
        == "conf/s.yaml:1:21: accounts.sqlite.file: is missing\n"
           "conf/s.yaml:1:30: accounts.sqlite.query: is empty, a query is needed\n");
  CHECK(problems_of("accounts: { postgresql: { password_file: p } }")
        == "conf/s.yaml:1:25: accounts.postgresql.connection: is missing\n");
  CHECK(problems_of("accounts: { ldap: { url: 'http://x', base: b, login: 'a)(b=*' } }")
        == "conf/s.yaml:1:26: accounts.ldap.url: is not ldap://host:port, ldaps://host:port or "
           "ldapi://\n"
           "conf/s.yaml:1:54: accounts.ldap.login: \"a)(b=*\" is no name of an attribute\n");
  diagnostics found;
  (void)parse_configuration("accounts: { postgresql: 'host=db password=s3cret' }\n" + needed,
                            "s.yaml", found);
  REQUIRE(found.size() == 1);
  CHECK(text_of(found.front()).find("holds a password") != std::string::npos);
  CHECK(text_of(found.front()).find("s3cret") == std::string::npos);
}

TEST_CASE("a master opens sessions only where somebody verifies passwords") {
  const auto login = [](const std::string& keys) {
    return with(good_listener, good_service + ", login: { as: master, " + keys + " }");
  };
  const std::string needed_keys = "name: m, password_file: p";
  const auto says = [](const std::string& said, const std::string& words) {
    return said.find(words) != std::string::npos;
  };
  CHECK(
      login(needed_keys + ", verify_on: new, form: 'user*master', until: 2027-01-31").empty());
  CHECK(says(login(needed_keys), "s.yaml:4:64: backends.old.login.as: `as: master` needs"));
  CHECK(says(login(needed_keys + ", verify_on: old"), "verify_on: is this backend itself"));
  CHECK(says(login("verify_on: new"), "login.name"));
  CHECK(says(login("verify_on: new"), "login.password_file"));
  CHECK(says(login(needed_keys + ", verify_on: new, until: soon"), "\"soon\" is no day"));
  CHECK(says(login(needed_keys + ", verify_on: new, form: x"), "login.form"));
  CHECK(says(login("name: 'a*b', password_file: p, verify_on: new"), "must not contain `*`"));
  CHECK(says(with(good_listener, good_service + ", login: { as: user, until: 2027-01-31 }"),
             "login.until: has no effect without `as: master`"));
}

TEST_CASE("login_case needs accounts") {
  CHECK(problems_of("policy: { login_case: enforce }")
        == "conf/s.yaml:1:23: policy.login_case: enforce needs accounts to compare with, and "
           "there are none\n");
  CHECK(problems_of("accounts: { csv: a.csv }\npolicy: { login_case: enforce }").empty());
  diagnostics found;
  const auto result = parse_configuration(needed, "s.yaml", found);
  REQUIRE(found.size() == 1);
  CHECK(text_of(found.front())
        == "s.yaml: policy.login_case: warning: is off, because there are no accounts to "
           "compare with");
  CHECK(result->policy.general.login_case.mode == policy_mode::off);
}

TEST_CASE("passwords are kept where a file is named") {
  CHECK(parsed("").provisioning.file.empty());
  const auto on = parsed("provisioning: { file: new-passwd }").provisioning;
  CHECK(on.file == "conf/new-passwd");
  CHECK(on.scheme == crypt_scheme::yescrypt);
  CHECK(on.required == 0);
  CHECK(on.where == position{1, 23});
  const auto other
      = parsed("provisioning: { file: /p, scheme: sha512-crypt, required: 100 }").provisioning;
  CHECK(other.file == "/p");
  CHECK(other.scheme == crypt_scheme::sha512_crypt);
  CHECK(other.required == 100);
  CHECK(problems_of("provisioning: { required: 90 }")
        == "conf/s.yaml:1:27: provisioning.required: needs a `file`: without one no password "
           "is ever known\n");
  CHECK(problems_of("provisioning: { file: p, required: 101 }").find("outside 0 to 100")
        != std::string::npos);
  CHECK(problems_of("provisioning: { file: p, scheme: md5 }")
            .find("\"md5\" is not yescrypt or sha512-crypt")
        != std::string::npos);
}

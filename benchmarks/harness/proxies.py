"""The proxies that are compared."""

import shlex
import subprocess
import time

from .peers import PLAIN, TLS, Peer, binary, first_line
from .processes import Program
from .tools import ACCOUNTS


class Stellwerk(Peer):
    name, title = "stellwerk", "Stellwerk"
    accounts = ACCOUNTS  # in each of the two domains
    header_binding = "observe"

    def start(self, stack):
        self.values["header"] = self.header_binding
        self.render("stellwerk.yaml", "routes.yaml")
        rows = "".join(f"{self.row(number, domain)}\n"
                       for domain in (PLAIN, TLS) for number in range(self.accounts))
        (self.folder / "accounts.csv").write_text(
            "login,domain,old_login,new_login,senders,pin\n" + rows)
        return stack.enter_context(Program(
            [self.build / "stellwerk", "serve", "-c", self.folder / "stellwerk.yaml"],
            self.folder, self.name))

    def row(self, number, domain):
        return f"user{number:05}@{domain},,,,,"

    def target(self, service, backend):
        return self.values[f"{service}_plain_port"], backend  # the route picks the backend

    def version(self):
        return first_line(self.build / "stellwerk", "--version")


class Nginx(Peer):
    name, title = "nginx", "nginx mail"

    def start(self, stack):
        self.render("nginx.conf", "nginx_auth.conf")
        self.helper = stack.enter_context(Program(
            [binary("nginx"), "-e", "stderr", "-c", self.folder / "nginx_auth.conf"],
            self.folder, "nginx_auth"))
        return stack.enter_context(Program(
            [binary("nginx"), "-e", "stderr", "-c", self.folder / "nginx.conf"],
            self.folder, self.name))

    def cannot(self, row):
        return "no TLS toward backends" if row.backend == TLS else None

    def version(self):
        return first_line(binary("nginx"), "-v").replace("nginx version: ", "")


class Haproxy(Peer):
    name, title = "haproxy", "HAProxy (TCP)"
    passes_through = True

    def start(self, stack):
        self.render("haproxy.conf")
        return stack.enter_context(Program(
            [binary("haproxy"), "-db", "-f", self.folder / "haproxy.conf"], self.folder,
            self.name))

    def cannot(self, row):
        return "no STARTTLS" if row.security == "starttls" else None

    def version(self):
        return " ".join(first_line(binary("haproxy"), "-v").split()[:3])


class Dovecot(Peer):
    name, title = "dovecot", "Dovecot proxy"
    lighter = 5  # twenty seconds for a gigabyte

    def start(self, stack):
        self.render("dovecot.conf")
        return stack.enter_context(Program(
            [binary("dovecot"), "-F", "-c", self.folder / "dovecot.conf"], self.folder,
            self.name))

    def target(self, service, backend):
        return self.values[f"{service}_plain_port"], backend  # the passdb picks the backend

    def cannot(self, row):
        return "no proxy for port 25" if row.service == "smtp" else None

    def version(self):
        return "Dovecot " + first_line(binary("dovecot"), "--version")


class Perdition(Peer):
    """A daemon for each backend, a process for each session: dear, so it does less of the work."""

    name, title = "perdition", "Perdition"
    tells_client = keeps_processes = False
    fewer = 20
    lighter = 5
    most_rounds = 3

    def start(self, stack):
        def daemon(port, backend, mode):
            return shlex.join(map(str, [
                binary("perdition"), "--no_daemon", "-P", "IMAP4S", "-F", "-", "-M", "",
                "-b", "127.0.0.1", "-l", port, "-s", backend, "--no_lookup", "-o",
                "--ssl_mode", mode, "--ssl_cert_file", self.certificate["chain"],
                "--ssl_key_file", self.certificate["key"], "--ssl_ca_file",
                self.certificate["ca"], "--ssl_no_client_cert_verify", "--pid_file", "",
                "-u", "nobody", "-g", "nogroup"]))

        ports = self.stub.ports
        both = (daemon(self.values["imap_plain_port"], f"127.0.0.1:{ports['imap_plain']}",
                       "ssl_listen"),
                daemon(self.values["imap_tls_port"], f"localhost:{ports['imap_tls']}", "ssl_all"))
        return stack.enter_context(Program(
            ["sh", "-c", " & ".join(both) + " & wait"], self.folder, self.name))

    def cannot(self, row):
        if row.service != "imap":
            return "no SMTP"
        if row.resume:
            return "no session outlives its process"
        if row.workers > 1 or row.sessions > 2000:
            return "a process for each session"
        return None

    def version(self):
        return " ".join(first_line(binary("perdition"), "--help").split()[:3])


class Variant(Stellwerk):
    """Stellwerk with one thing otherwise, to be measured beside another."""

    def __init__(self, name, *given, accounts=ACCOUNTS, clients=ACCOUNTS, header_binding="observe"):
        self.name = self.title = name
        self.accounts, self.clients, self.header_binding = accounts, clients, header_binding
        super().__init__(*given)

    def row(self, number, domain):
        return f"user{number:05}@{domain},,,,first.last{number:05}@{domain},"

    def reload(self):
        """With one sender more, as an operator does it; returns when it is in force."""
        with (self.folder / "accounts.csv").open("a") as file:
            file.write(f"more{time.monotonic_ns()}@{PLAIN},,,,,\n")
        subprocess.run([self.build / "stellwerk", "reload", "-c", self.folder / "stellwerk.yaml"],
                       check=True, capture_output=True)


ALL = {peer.name: peer for peer in (Stellwerk, Nginx, Dovecot, Haproxy, Perdition)}

"""A real Postfix in a folder of its own: port 25, submission with STARTTLS and with TLS at once."""

import os
import shutil
import signal
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable, Iterator, Mapping

from .accounts import Account
from .authority import Certificate
from .ports import free_port
from .process import Process
from .waiting import answers

_DAEMONS = "/usr/lib/postfix/sbin"
_OLD = (0, 0)  # times of a file; Postfix reads it again and again while it looks fresh


class Postfix:
    """Takes mail for its domains, hands it to LMTP, sends the rest to a sink; needs root.

    Like the old server of the story it lets an authenticated user send as anybody. A foreign
    recipient on port 25 and an unknown local one are refused. `settings` go into main.cf,
    `services` (lines) into master.cf.
    """

    def __init__(self, folder: Path, name: str, address: str, certificate: Certificate,
                 accounts: Iterable[Account], lmtp_socket: Path, auth_socket: Path, sink_port: int,
                 catch_all: Mapping[str, str] = {}, settings: Mapping[str, str] = {},
                 services: str = ""):
        self.folder = folder
        self.name = name
        self.address = address
        self.smtp_port = free_port()
        self.submission_port = free_port()
        self.submissions_port = free_port()
        self._certificate = certificate
        self._accounts = list(accounts)
        self._lmtp_socket = lmtp_socket
        self._auth_socket = auth_socket
        self._sink_port = sink_port
        self._catch_all = catch_all
        self._settings = settings
        self._services = services
        self._process: Process | None = None

    def start(self) -> "Postfix":
        if os.geteuid() != 0:
            raise RuntimeError("the tests with real mail servers start Dovecot and Postfix: run them as root")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "conf").mkdir(exist_ok=True)
        self._make_queue()
        conf = self.folder / "conf"
        (conf / "main.cf").write_text(self._main_cf())
        (conf / "master.cf").write_text(self._master_cf())
        (conf / "domains").write_text("".join(f"{domain} served\n" for domain in sorted(self._domains())))
        (conf / "mailboxes").write_text("".join(f"{a.login.lower()} served\n" for a in self._accounts))
        (conf / "aliases").write_text("".join(self._alias_lines()))
        for path in conf.iterdir():
            os.utime(path, _OLD)
        return self.resume()

    def resume(self) -> "Postfix":
        """Starts again after `stop`, on the same ports and queue."""
        self._process = Process([f"{_DAEMONS}/master", "-c", self.folder / "conf", "-d"],
                                self.folder / "output.log")
        self._process.wait_until(
            lambda: all(answers(self.address, port) for port in
                        (self.smtp_port, self.submission_port, self.submissions_port)),
            f"Postfix {self.name} answering")
        return self

    @contextmanager
    def without_alias(self, address: str) -> Iterator[None]:
        """Soon knows the address no more, until the end of the block."""
        path = self.folder / "conf" / "aliases"
        text = path.read_text()
        self._replace_table(path, "".join(line for line in text.splitlines(keepends=True)
                                          if not line.startswith(address + " ")))
        try:
            yield
        finally:
            self._replace_table(path, text)

    def _replace_table(self, path: Path, text: str) -> None:
        path.write_text(text)
        os.utime(path, _OLD)
        self._process.signal(signal.SIGHUP)  # Postfix does not look at text tables again by itself

    def ask_to_stop(self) -> None:
        if self._process:
            self._process.signal(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut of that server."""
        if self._process:
            self._process.kill()
            self._process = None

    def stop(self) -> None:
        if self._process:
            self._process.stop()
            self._process = None

    def log(self) -> str:
        path = self.folder / "postfix.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queued(self) -> list[str]:
        """Queue files not yet delivered; a deferred one counts, a delivered one doesn't."""
        return [path.name for part in ("maildrop", "incoming", "active", "deferred", "hold")
                for path in (self.folder / "queue" / part).rglob("*") if path.is_file()]

    def retry_deferred(self) -> None:
        """Makes the queue manager try everything again now, by its trigger socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trigger:
            trigger.connect(str(self.folder / "queue" / "public" / "qmgr"))
            trigger.sendall(b"DA")  # scan the deferred queue, ignore time stamps (postqueue -f)

    def _make_queue(self) -> None:
        """What `postfix check` would make, in a fiftieth of the time."""
        for part, mode, group in (
                *((f"queue/{name}", 0o700, "root") for name in
                  ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
                   "private", "saved", "trace")),
                ("queue/maildrop", 0o730, "postdrop"), ("queue/public", 0o710, "postdrop"),
                ("data", 0o700, "root")):
            path = self.folder / part
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(mode)
            shutil.chown(path, "postfix", group)
        (self.folder / "queue" / "pid").mkdir(exist_ok=True)

    def _domains(self) -> set[str]:
        return {account.domain for account in self._accounts} | set(self._catch_all)

    def _alias_lines(self):
        for account in self._accounts:
            yield f"{account.login.lower()} {account.login.lower()}\n"
            for alias in account.aliases:
                yield f"{alias.lower()} {account.login.lower()}\n"
        for domain, login in self._catch_all.items():
            yield f"@{domain} {login.lower()}\n"

    def _main_cf(self) -> str:
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": f"{self.folder}/queue",
            "data_directory": f"{self.folder}/data",
            "maillog_file": f"{self.folder}/postfix.log",
            "maillog_file_prefixes": str(self.folder),
            "myhostname": f"{self.name}.example",
            "mydestination": "",
            "mynetworks": "",
            "inet_interfaces": self.address,
            "inet_protocols": "ipv4",
            "disable_dns_lookups": "yes",
            "smtpd_peername_lookup": "no",
            "alias_maps": "",
            "local_recipient_maps": "",
            "virtual_mailbox_domains": f"texthash:{self.folder}/conf/domains",
            "virtual_mailbox_maps": f"texthash:{self.folder}/conf/mailboxes",
            "virtual_alias_maps": f"texthash:{self.folder}/conf/aliases",
            "virtual_transport": f"lmtp:unix:{self._lmtp_socket}",
            "relayhost": f"[127.0.0.1]:{self._sink_port}",
            "recipient_delimiter": "+",
            "message_size_limit": "64000000",
            "smtpd_tls_chain_files": f"{self._certificate.key}, {self._certificate.chain}",
            "smtpd_tls_security_level": "may",
            "smtp_tls_security_level": "none",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": f"unix:{self._auth_socket}",
            "smtpd_tls_auth_only": "no",
            "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
            "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
            # A test is one client that does in a second what others do in a day.
            "smtpd_client_connection_count_limit": "0",
            "smtpd_error_sleep_time": "0",
            "smtpd_hard_error_limit": "10000",
            "in_flow_delay": "0",
            "default_process_limit": "200",
            "queue_run_delay": "2s",
            "minimal_backoff_time": "2s",
            "maximal_backoff_time": "4s",
            "bounce_queue_lifetime": "1h",
            **self._settings,
        }
        return "".join(f"{key} = {value}\n" for key, value in settings.items())

    def _master_cf(self) -> str:
        submission = "-o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
        return f"""
{self.address}:{self.smtp_port} inet n - n - - smtpd
{self.address}:{self.submission_port} inet n - n - - smtpd {submission}
{self.address}:{self.submissions_port} inet n - n - - smtpd {submission} -o smtpd_tls_wrappermode=yes
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
{self._services}"""

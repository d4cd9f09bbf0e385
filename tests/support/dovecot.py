"""A real Dovecot in a folder of its own: IMAP, POP3 and ManageSieve, LMTP, SASL for Postfix."""

import base64
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Iterable, Iterator

from .accounts import Account
from .authority import Certificate
from .ports import free_port
from .process import Process
from .tokens import KEY
from .waiting import answers

_OWNER = "mail"  # a user every Debian has; owns the mailboxes


class Dovecot:
    """Serves `accounts` from Maildirs below `folder`; needs root.

    `folds_case`: logins in any spelling are let in, as the old server of the story does.
    Authentication in clear text is allowed, so that backend legs without TLS can be tested too.
    `extra`: further lines of dovecot.conf.
    """

    def __init__(self, folder: Path, name: str, address: str, certificate: Certificate,
                 accounts: Iterable[Account], folds_case: bool, extra: str = ""):
        self.folder = folder
        self.name = name
        self.address = address
        self.imap_port = free_port()
        self.imaps_port = free_port()
        self.pop3_port = free_port()
        self.pop3s_port = free_port()
        self.sieve_port = free_port()
        self.lmtp_socket = folder / "run" / "deliver"
        self.auth_socket = folder / "run" / "sasl"
        self._certificate = certificate
        self._accounts = list(accounts)
        self._folds_case = folds_case
        self._extra = extra
        self._process: Process | None = None

    def start(self) -> "Dovecot":
        if os.geteuid() != 0:
            raise RuntimeError("the tests with real mail servers start Dovecot and Postfix: run them as root")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "dovecot.conf").write_text(self._configuration())
        (self.folder / "users").write_text("".join(self._passwd_lines()))
        self._trust_tokens()
        for account in self._accounts:
            self._make_mailbox(account)
        return self.resume()

    def resume(self) -> "Dovecot":
        """Starts again after `stop`, on the same ports and mailboxes."""
        self._process = Process(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"],
                                self.folder / "output.log")
        self._process.wait_until(
            lambda: all(answers(self.address, port) for port in (
                self.imap_port, self.imaps_port, self.pop3_port, self.pop3s_port, self.sieve_port))
            and self.lmtp_socket.exists() and self.auth_socket.exists(),
            f"Dovecot {self.name} answering")
        return self

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
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def messages(self, login: str) -> Iterator[bytes]:
        """Every message file of the account, all folders, straight from the disk."""
        home = self._home(login) / "Maildir"
        for kind in ("new", "cur"):
            for path in sorted(home.glob(f"{kind}/*")) + sorted(home.glob(f".*/{kind}/*")):
                try:
                    yield path.read_bytes()
                except FileNotFoundError:  # moved from new to cur meanwhile
                    renamed = next(iter(home.glob(f"**/cur/{path.name.partition(':')[0]}*")), None)
                    if renamed:
                        yield renamed.read_bytes()

    def deposit(self, login: str, content: bytes) -> None:
        """Lays a message into the account's INBOX."""
        folder = self._home(login) / "Maildir"
        name = f"{time.time_ns()}.deposited"
        (folder / "tmp" / name).write_bytes(content)
        shutil.chown(folder / "tmp" / name, _OWNER, _OWNER)
        (folder / "tmp" / name).rename(folder / "new" / name)

    def scripts(self, login: str) -> dict[str, bytes]:
        """The account's sieve scripts by name, straight from the disk."""
        return {path.stem: path.read_bytes() for path in (self._home(login) / "sieve").glob("*.sieve")}

    def _home(self, login: str) -> Path:
        return self.folder / "mail" / login.lower()

    def _passwd_lines(self) -> Iterator[str]:
        for account in self._accounts:
            yield f"{account.mailbox if self._folds_case else account.login}:{{PLAIN}}{account.password}::::::\n"

    def _trust_tokens(self) -> None:
        """What is needed to check a bearer token without asking anybody."""
        keys = self.folder / "keys" / "default" / "HS256"
        keys.mkdir(parents=True, exist_ok=True)
        (keys / "default").write_text(base64.b64encode(KEY).decode())
        (self.folder / "oauth2.conf").write_text(f"""introspection_mode = local
local_validation_key_dict = fs:posix:prefix={self.folder}/keys/
""")

    def _make_mailbox(self, account: Account) -> None:
        """INBOX and a folder that tells a client which server it has reached."""
        home = self.folder / "mail" / account.mailbox / "Maildir"
        for part in ("", f".this-is-{self.name}"):
            for kind in ("cur", "new", "tmp"):
                (home / part / kind).mkdir(parents=True, exist_ok=True)
            if part:
                (home / part / "maildirfolder").touch()
        for path in [home.parent.parent, home.parent, home, *home.rglob("*")]:
            shutil.chown(path, _OWNER, _OWNER)

    def _configuration(self) -> str:
        key_name = "%Lu" if self._folds_case else "%u"
        return f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
instance_name = {self.name}
log_path = {self.folder}/dovecot.log
protocols = imap lmtp pop3 sieve
listen = {self.address}
login_greeting = {self.name} ready.
ssl = yes
ssl_cert = <{self._certificate.chain}
ssl_key = <{self._certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = {key_name}
login_trusted_networks = 127.0.0.0/8
mail_max_userip_connections = 10000
mail_location = maildir:~/Maildir
mail_uid = {_OWNER}
mail_gid = {_OWNER}
first_valid_uid = 1
mail_fsync = never
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format={key_name} {self.folder}/users
}}
userdb {{
  driver = static
  args = home={self.folder}/mail/%Lu allow_all_users=yes
}}
protocol imap {{
  mail_plugins = zlib imap_zlib
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap_port}
  }}
  inet_listener imaps {{
    port = {self.imaps_port}
    ssl = yes
  }}
  service_count = 0
  client_limit = 4000
}}
service imap {{
  process_limit = 2000
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {self.pop3_port}
  }}
  inet_listener pop3s {{
    port = {self.pop3s_port}
    ssl = yes
  }}
}}
service managesieve-login {{
  inet_listener sieve {{
    port = {self.sieve_port}
  }}
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
}}
service anvil {{
  client_limit = 8000
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  client_limit = 8000
  unix_listener {self.auth_socket} {{
    mode = 0666
  }}
}}
service lmtp {{
  unix_listener {self.lmtp_socket} {{
    mode = 0666
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@{self.name}.example
}}
{self._extra}"""

"""What a client is asked to do, and what every client is."""

import getpass
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping
from urllib.parse import quote

from ..accounts import Account

HOST = "localhost"  # in the certificate of the proxies under test


@dataclass(frozen=True)
class Task:
    account: Account
    implicit: bool  # else STARTTLS
    ports: Mapping[str, int]  # of the proxy's listeners
    ca: Path
    folder: Path  # empty, the client's own
    npm: Path  # node_modules is in here
    patience: float = 120  # seconds a program may take in all

    def port(self, protocol: str) -> int:
        """Of `imap`, `pop3` or `submission` in the TLS kind asked for."""
        return self.ports[protocol + "s" if self.implicit else protocol]

    def url(self, scheme: str, protocol: str) -> str:
        """`scheme://login:password@host:port`, percent-encoded."""
        who = f"{quote(self.account.login, safe='')}:{quote(self.account.password, safe='')}"
        return f"{scheme}://{who}@{HOST}:{self.port(protocol)}"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)  # holds a password
        return path

    def run(self, *words, stdin: bytes = b"", environment: Mapping[str, str] = {}) -> bytes:
        """Runs a program to its end; it must succeed. Returns what it printed."""
        done = subprocess.run([str(word) for word in words], input=stdin, capture_output=True, timeout=self.patience,
                              cwd=self.folder,
                              env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                                   "USER": getpass.getuser(), **environment})
        assert done.returncode == 0, f"{words[0]} ended with {done.returncode}:\n" \
                                     f"{(done.stdout + done.stderr).decode(errors='replace')[-4000:]}"
        return done.stdout


class Client:
    """Abilities are the methods `list_folders`, `fetch`, `append` and `send`; each logs in anew.

    `list_folders()` returns text that holds the folders' names; `fetch(token)` the message that holds
    `token` in its subject; `append(message)` stores one in the mailbox; `send(message)` hands one in,
    from the account to itself.
    """

    has_implicit = True
    has_starttls = True
    package: str  # Debian's or npm's, for the table

    def __init__(self, task: Task):
        self.task = task

    @classmethod
    def abilities(cls) -> tuple[str, ...]:
        return tuple(name for name in ("list_folders", "fetch", "append", "send") if hasattr(cls, name))

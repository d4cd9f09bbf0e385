"""The two servers of a move, their accounts and the world around them."""

import shutil
import tempfile
from pathlib import Path
from typing import Iterable, Mapping

from .accounts import Account
from .authority import Authority
from .mail_server import MailServer
from .sink import Sink
from .waiting import wait_until

# A plain user per domain, a mixed-case one, a collective account, and one for catch-all mail.
ACCOUNTS = (
    Account("anna@example.org", "anna's secret", aliases=("info@example.org",), senders=("info@example.org",)),
    Account("Max.Muster@example.org", 'p "w\\ %41 ü'),
    Account("office@example.org", "office secret", senders=("@example.org",)),
    Account("bert@example.net", "bert's secret"),
    Account("everything@example.net", "catch secret"),
    Account("carla@example.com", "carla's secret"),
    Account("relay@example.com", "relay secret", senders=("*",)),
)
CATCH_ALL = {"example.net": "everything@example.net"}


class MailPair:
    """Starts `old` and `new` in a fresh folder; `stop` ends them and removes it.

    The old server folds the case of logins, the new one doesn't. Use as a context manager.
    """

    def __init__(self, accounts: Iterable[Account] = ACCOUNTS, catch_all: Mapping[str, str] = CATCH_ALL,
                 keep_folder: bool = False):
        self.accounts = tuple(accounts)
        self.folder = Path(tempfile.mkdtemp(prefix="stellwerk-", dir="/tmp"))
        self._keep_folder = keep_folder
        try:
            self.folder.chmod(0o755)  # the servers' own users pass through
            self.authority = Authority(self.folder / "authority")
            self.sink = Sink()
            self.old = MailServer(self.folder / "old", "old", self.authority, self.accounts,
                                  self.sink.port, folds_case=True, catch_all=catch_all)
            self.new = MailServer(self.folder / "new", "new", self.authority, self.accounts,
                                  self.sink.port, folds_case=False, catch_all=catch_all)
        except BaseException:  # Ctrl-C too: nobody else knows of the folder yet
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def __enter__(self) -> "MailPair":
        try:
            self.old.start()
            self.new.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self.old.ask_to_stop()
        self.new.ask_to_stop()
        for part in (self.old, self.new, self.sink):
            part.stop()
        if not self._keep_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def account(self, login: str) -> Account:
        return next(account for account in self.accounts if account.login == login)

    def server(self, name: str) -> MailServer:
        return {"old": self.old, "new": self.new}[name]

    def where(self, message_id: str, login: str) -> dict[str, int]:
        """How many copies each server holds in that account, once both queues are empty."""
        wait_until(lambda: self.old.is_settled() and self.new.is_settled(), "both queues to empty", 30)
        return {server.name: server.holds(login, message_id) for server in (self.old, self.new)}

    def wait_for_message(self, name: str, login: str, message_id: str) -> bytes:
        """The message as the server stored it, once it is there."""

        def found():
            for content in self.server(name).messages(login):
                if message_id.encode() in content:
                    return content
            return None

        return wait_until(found, f"{message_id} in {login} on {name}", 30)

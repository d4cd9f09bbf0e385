"""A pair whose new server has every mailbox, but knows nobody's password."""

import imaplib
from pathlib import Path
from typing import Optional

from .clients import ImapOverTls
from .mail_pair import CATCH_ALL, MailPair
from .mail_server import MailServer
from .waiting import wait_until

MASTER = "carrier"
KEY = "the master's key"


class UnknowingPair(MailPair):
    """The new server has every mailbox, but knows no password; it has a master."""

    def __init__(self):
        super().__init__()
        masters = self.folder / "masters"
        self.new = MailServer(self.folder / "new", "new", self.authority, self.accounts, self.sink.port,
                              folds_case=False, catch_all=CATCH_ALL, dovecot_extra=f"""
auth_master_user_separator = *
passdb {{
  driver = passwd-file
  args = {masters}
  master = yes
}}
""")
        self._taught: dict[str, str] = {}
        masters.write_text(f"{MASTER}:{{PLAIN}}{KEY}\n")

    @property
    def passwords(self) -> Path:
        return self.folder / "new" / "dovecot" / "users"

    def teach(self, **passwords: str) -> None:
        """What the new server knows once this returns, by the local part of example.org; nobody else."""
        self.passwords.write_text("".join(f"{name}@example.org:{{PLAIN}}{password}::::::\n"
                                          for name, password in passwords.items()))
        before, self._taught = self._taught, passwords
        # Dovecot looks whether the file is another once a second at most.
        wait_until(lambda: all(self.takes(*one) for one in self._logins(passwords)), "the new passwords", 30)
        wait_until(lambda: not any(self.takes(*one) for one in self._logins(before) - self._logins(passwords)),
                   "the former passwords to be refused", 30)

    @staticmethod
    def _logins(passwords: dict[str, str]) -> set[tuple[str, str]]:
        return {(f"{name}@example.org", password) for name, password in passwords.items()}

    def takes(self, login: str, password: str, server: Optional[MailServer] = None) -> bool:
        """Does the new server, or another, let this login in without the proxy?"""
        server = server or self.new
        client = ImapOverTls(server.dovecot.imaps_port, self.authority.client_context(), server.host)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{login}\0{password}".encode())
        except imaplib.IMAP4.error:
            return False
        finally:
            client.shutdown()
        return True

"""A mail server as a hoster runs it: Postfix in front, Dovecot behind, one folder."""

import re
from collections import Counter
from pathlib import Path
from typing import Iterable, Mapping

from .accounts import Account
from .authority import Authority
from .dovecot import Dovecot
from .postfix import Postfix

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


class MailServer:
    """`old` or `new`. Both know every account of the move; only the route says who serves whom."""

    def __init__(self, folder: Path, name: str, authority: Authority, accounts: Iterable[Account],
                 sink_port: int, folds_case: bool, address: str = "127.0.0.1",
                 catch_all: Mapping[str, str] = {}, postfix_settings: Mapping[str, str] = {},
                 postfix_services: str = "", dovecot_extra: str = ""):
        accounts = list(accounts)
        self.name = name
        self.address = address
        self.accounts = accounts
        self.host = f"{name}.example"
        certificate = authority.issue(self.host, address)
        self.certificate = certificate
        self.dovecot = Dovecot(folder / "dovecot", name, address, certificate, accounts, folds_case,
                               dovecot_extra)
        self.postfix = Postfix(folder / "postfix", name, address, certificate, accounts,
                               self.dovecot.lmtp_socket, self.dovecot.auth_socket, sink_port,
                               catch_all, postfix_settings, postfix_services)

    def start(self) -> "MailServer":
        self.dovecot.start()
        self.postfix.start()
        return self

    def resume(self) -> "MailServer":
        """Starts again after `stop`, with the same ports and mail."""
        self.dovecot.resume()
        self.postfix.resume()
        return self

    def ask_to_stop(self) -> None:
        """Begins what `stop` waits for, so that several servers can end at once."""
        self.postfix.ask_to_stop()
        self.dovecot.ask_to_stop()

    def kill(self) -> None:
        """kill -9 of every process; `resume` starts it again."""
        self.postfix.kill()
        self.dovecot.kill()

    def stop(self) -> None:
        self.postfix.stop()
        self.dovecot.stop()

    def messages(self, login: str) -> list[bytes]:
        return list(self.dovecot.messages(login))

    def message_ids(self, login: str) -> Counter:
        """How often each Message-ID lies in the account's folders."""
        return Counter(message_id_of(content) for content in self.messages(login))

    def all_message_ids(self) -> Counter:
        return sum((self.message_ids(account.mailbox) for account in self.accounts), Counter())

    def holds(self, login: str, message_id: str) -> int:
        return self.message_ids(login)[message_id]

    def is_settled(self) -> bool:
        """Whether everything Postfix has accepted is delivered."""
        return not self.postfix.queued()


def message_id_of(content: bytes) -> str:
    header = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _MESSAGE_ID.search(header)
    return found[1].decode(errors="replace") if found else ""

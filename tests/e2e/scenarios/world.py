"""What all clients of the live traffic share, and how they log in."""

import threading
from dataclasses import dataclass, field
from typing import Callable, Optional

from support.accounts import Account
from support.dialogue import ImapDialogue, PopDialogue, SmtpDialogue
from support.peer import Gone
from support.proxy_clients import Clients

from scenarios.ledger import Ledger

# Out of reach for now, but not refused: what a mail client silently tries again.
INTERRUPTED = (Gone, OSError)


@dataclass
class World:
    clients: Clients
    ledger: Ledger
    mailboxes: dict[str, Account]  # every address that gets mail -> the account that reads it
    pause: float  # seconds that a program thinks between two tasks
    over: threading.Event = field(default_factory=threading.Event)
    idle: set[tuple[str, int]] = field(default_factory=set)  # in IDLE right now: the login, and which of its sessions

    @property
    def readers(self) -> list[Account]:
        return sorted(set(self.mailboxes.values()), key=lambda account: account.login)

    def think(self) -> None:
        self.over.wait(self.pause)

    def imap(self, account: Account) -> Optional[ImapDialogue]:
        def attempt():
            dialogue = self.clients.imap_dialogue()
            dialogue.socket.settimeout(60)
            answer = dialogue.login(account.login, account.password)
            return dialogue, answer, answer.startswith("OK"), answer.startswith("NO [UNAVAILABLE]")

        return self._log_in(account.login, attempt)

    def pop(self, account: Account) -> Optional[PopDialogue]:
        def attempt():
            dialogue = self.clients.pop_dialogue()
            dialogue.socket.settimeout(90)  # a login that waits is silent
            answer = dialogue.login(account.login, account.password)
            return dialogue, answer, answer.startswith("+OK"), answer.startswith("-ERR [SYS/TEMP]")

        return self._log_in(f"{account.login} at POP3", attempt)

    def submission(self, account: Account) -> Optional[SmtpDialogue]:
        def attempt():
            dialogue = self.clients.submission_dialogue()
            reply = dialogue.auth_plain(account.login, account.password)
            return dialogue, str(reply), reply.code == 235, reply.code < 500

        return self._log_in(f"{account.login} at submission", attempt)

    def _log_in(self, who: str, attempt: Callable[[], tuple]):
        """A temporary refusal is tried once more, as mail programs do; anything else is a failed login."""
        problem = ""
        for _ in range(2):
            if problem:
                self.ledger.note_second_try(problem)
            try:
                dialogue, answer, is_in, is_temporary = attempt()
            except INTERRUPTED as error:
                problem = f"{who}: {error or 'closed'}"
                continue
            if is_in:
                self.ledger.note_login()
                return dialogue
            dialogue.close()
            problem = f"{who}: {answer}"
            if not is_temporary:
                break
        self.ledger.note_failed_login(problem)
        self.over.wait(0.5)
        return None

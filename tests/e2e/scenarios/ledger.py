"""What clients saw during the demo, and how it compares with what the servers hold in the end."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from support.mail_pair import MailPair


@dataclass(frozen=True)
class Letter:
    """A message that the proxy has accepted with 250."""

    message_id: str
    mailbox: str  # the login whose folders must hold it
    domain: str
    began: float  # monotonic seconds: just before its MAIL
    accepted: float


@dataclass(frozen=True)
class Flip:
    """A route that was changed: `asked` before reload, `in_force` when reload returned."""

    domain: str
    asked: float
    in_force: float
    before: str
    after: str

    def side_of(self, letter: Letter) -> str:
        """Which server must have it; empty when either is right, because it came in between."""
        if letter.accepted < self.asked:
            return self.before
        return self.after if letter.began > self.in_force else ""


@dataclass(frozen=True)
class Return:
    """A reader in IDLE that was ended and has logged in again."""

    login: str
    seconds: float  # from the end of the old session to being logged in again
    server: str
    farewell: str  # the BYE; something else if the connection was just cut


@dataclass
class Ledger:
    """Written by every client's thread."""

    logins: int = 0
    failed_logins: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    deferrals: Counter = field(default_factory=Counter)  # temporary replies, each followed by a retry
    refusals: list[str] = field(default_factory=list)  # permanent replies to rightful users
    second_tries: Counter = field(default_factory=Counter)  # temporary answers to logins that then worked or failed
    complaints: list[str] = field(default_factory=list)  # whatever else a person would have noticed
    returns: list[Return] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_login(self) -> None:
        with self._lock:
            self.logins += 1

    def note_failed_login(self, what: str) -> None:
        with self._lock:
            self.failed_logins.append(what)

    def note_second_try(self, answer: str) -> None:
        with self._lock:
            self.second_tries[answer] += 1

    def note_letter(self, letter: Letter) -> None:
        with self._lock:
            self.letters.append(letter)

    def note_deferral(self, reply: str) -> None:
        with self._lock:
            self.deferrals[reply] += 1

    def note_refusal(self, what: str) -> None:
        with self._lock:
            self.refusals.append(what)

    def note_return(self, what: Return) -> None:
        with self._lock:
            self.returns.append(what)


@dataclass(frozen=True)
class Tally:
    """The count of messages, taken from the servers' disks."""

    found: dict[str, Counter]  # server -> domain -> messages of the demo
    lost: list[str]  # accepted and nowhere, or where their reader doesn't look
    duplicated: int  # copies beyond the first

    @classmethod
    def take(cls, pair: MailPair, ledger: Ledger, routes: dict[str, str], flip: Flip) -> "Tally":
        """`routes`: the phases before the flip."""
        held = {(side, account.login): pair.server(side).message_ids(account.login)
                for side in ("old", "new") for account in pair.accounts}
        anywhere = pair.old.all_message_ids() + pair.new.all_message_ids()
        found = {"old": Counter(), "new": Counter()}
        lost, duplicated = [], 0
        for letter in ledger.letters:
            copies = {side: held[side, letter.mailbox][letter.message_id] for side in ("old", "new")}
            side = flip.side_of(letter) if letter.domain == flip.domain else routes[letter.domain]
            for where, count in copies.items():
                found[where][letter.domain] += count
            total = sum(copies.values())
            duplicated += max(0, anywhere[letter.message_id] - 1)
            if total == 0:
                lost.append(f"{letter.message_id} to {letter.mailbox} is nowhere")
            elif side and not copies[side]:
                lost.append(f"{letter.message_id} to {letter.mailbox} isn't on {side}")
        return cls(found, lost, duplicated)

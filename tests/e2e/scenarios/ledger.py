"""What clients saw of a move, and how it compares with what the servers hold in the end."""

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
    inbound: int = 0  # deliveries that other servers attempted, whatever became of them
    deferrals: Counter = field(default_factory=Counter)  # temporary replies, each followed by a retry
    waiting: set[str] = field(default_factory=set)  # Message-IDs that were deferred and are not accepted yet
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
            self.waiting.discard(letter.message_id)

    def note_inbound(self) -> None:
        with self._lock:
            self.inbound += 1

    def note_deferral(self, message_id: str, reply: str) -> None:
        with self._lock:
            self.deferrals[reply] += 1
            self.waiting.add(message_id)

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
    def take(cls, pair: MailPair, ledger: Ledger, sides: dict[str, str]) -> "Tally":
        """`sides`: where each domain's readers look now. What a moved domain has left behind on the other server
        is a copy that nobody reads, no second delivery."""
        held = {account.login: pair.server(sides[account.domain]).message_ids(account.login)
                for account in pair.accounts}
        everywhere = {"old": pair.old.all_message_ids(), "new": pair.new.all_message_ids()}
        found = {"old": Counter(), "new": Counter()}
        lost, duplicated = [], 0
        for letter in ledger.letters:
            side = sides[letter.domain]
            copies = held[letter.mailbox][letter.message_id]
            found[side][letter.domain] += min(copies, 1)
            duplicated += max(0, everywhere[side][letter.message_id] - 1)
            if not copies:
                other = "new" if side == "old" else "old"
                elsewhere = f", but on {other}" if everywhere[other][letter.message_id] else " nor anywhere else"
                lost.append(f"{letter.message_id} to {letter.mailbox} isn't on {side}{elsewhere}")
        return cls(found, lost, duplicated)

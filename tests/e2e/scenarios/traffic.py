"""Live traffic: readers in IDLE and FETCH, submission, other servers' deliveries; all through the proxy."""

import random
import threading
import time
from typing import Callable, Optional, Sequence

from support.accounts import Account
from support.clients import new_message
from support.dialogue import ImapDialogue, SmtpDialogue
from support.peer import Gone
from support.stellwerk import Stellwerk

from scenarios.ledger import Ledger, Letter, Return

# Out of reach for now, but not refused: what a mail client silently tries again.
_INTERRUPTED = (Gone, OSError)


class Traffic:
    """Threads that behave like people's mail programs until `stop`."""

    def __init__(self, proxy: Stellwerk, ledger: Ledger, mailboxes: dict[str, Account]):
        """`mailboxes`: every address that gets mail -> the account that reads it."""
        self.idle: set[str] = set()  # logins in IDLE right now
        self._clients = proxy.clients
        self._ledger = ledger
        self._mailboxes = mailboxes
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._broken: list[BaseException] = []

    def start(self, idlers: Sequence[Account], fetchers: int, submitters: int, servers: int) -> None:
        for account in idlers:
            self._run(self._idle, account)
        for role, count in ((self._fetch, fetchers), (self._submit, submitters), (self._deliver, servers)):
            for number in range(count):
                self._run(role, random.Random(number))

    def stop(self) -> None:
        self._over.set()
        deadline = time.monotonic() + 40
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))

    def check(self) -> None:
        """Raises what broke a client's own code, if anything did, and whether any outlived `stop`."""
        if self._broken:
            raise self._broken[0]
        stuck = sum(thread.is_alive() for thread in self._threads) if self._over.is_set() else 0
        if stuck:
            raise RuntimeError(f"{stuck} clients still wait for an answer")

    def _run(self, role: Callable, *words) -> None:
        def guarded() -> None:
            try:
                role(*words)
            except BaseException as error:  # noqa: BLE001, told by check
                self._broken.append(error)

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self._threads.append(thread)  # Ctrl-C may come at any time: who isn't started can't be joined

    # Readers

    def _login(self, account: Account) -> Optional[ImapDialogue]:
        """A temporary refusal is tried once more, as mail programs do; anything else is a failed login."""
        problem = ""
        for _ in range(2):
            if problem:
                self._ledger.note_second_try(problem)
            try:
                dialogue = self._clients.imap_dialogue()
                answer = dialogue.login(account.login, account.password)
            except _INTERRUPTED as error:
                problem = f"{account.login}: {error or 'closed'}"
                continue
            if answer.startswith("OK"):
                self._ledger.note_login()
                return dialogue
            problem = f"{account.login}: {answer}"
            if not answer.startswith("NO [UNAVAILABLE]"):
                break
        self._ledger.note_failed_login(problem)
        self._over.wait(0.5)
        return None

    def _idle(self, account: Account) -> None:
        """A phone: sits in IDLE, fetches what is announced, comes back at once when told BYE."""
        ended, farewell = 0.0, ""
        while not self._over.is_set():
            dialogue = self._login(account)
            if not dialogue:
                continue
            try:
                if ended:
                    took = time.monotonic() - ended
                    self._ledger.note_return(Return(account.login, took, _server(dialogue), farewell))
                    ended = 0.0
                dialogue.ask("SELECT INBOX")
                self._sit_in_idle(dialogue, account)
                dialogue.ask("LOGOUT")
            except _INTERRUPTED as error:
                # A BYE that crossed a command of ours lies among its untagged replies.
                ended = time.monotonic()
                farewell = next((line for line in dialogue.heard if line.startswith("* BYE")), str(error) or "closed")
            finally:
                self.idle.discard(account.login)
                dialogue.close()

    def _sit_in_idle(self, dialogue: ImapDialogue, account: Account) -> None:
        while not self._over.is_set():
            tag = dialogue.idle()
            self.idle.add(account.login)
            dialogue.socket.settimeout(0.5)
            try:
                while not self._over.is_set():
                    try:
                        line = dialogue.line()
                    except TimeoutError:
                        continue
                    if line.startswith("* BYE"):
                        raise Gone(line)
                    if line.endswith(" EXISTS"):
                        break
            finally:
                dialogue.socket.settimeout(30)
            dialogue.say("DONE")
            dialogue.until_tagged(tag)
            dialogue.ask("FETCH * (UID BODY.PEEK[HEADER])")

    def _fetch(self, choice: random.Random) -> None:
        """A desktop program on a timer: logs in, looks through the inbox, logs out."""
        accounts = sorted(set(self._mailboxes.values()), key=lambda account: account.login)
        while not self._over.is_set():
            dialogue = self._login(choice.choice(accounts))
            if not dialogue:
                continue
            try:
                dialogue.ask("SELECT INBOX")
                dialogue.ask("FETCH 1:* (UID FLAGS BODY.PEEK[HEADER])")
                dialogue.ask("NOOP")
                dialogue.ask("LOGOUT")
            except _INTERRUPTED:
                pass
            finally:
                dialogue.close()
            self._over.wait(0.05)

    # Senders

    def _submit(self, choice: random.Random) -> None:
        """People who write to each other, across domains."""
        people = sorted({account for account in self._mailboxes.values() if "*" not in account.senders},
                        key=lambda account: account.login)
        while not self._over.is_set():
            sender = choice.choice(people)
            self._send(sender.login, choice, lambda: self._submission(sender))
            self._over.wait(0.1)

    def _submission(self, account: Account) -> Optional[SmtpDialogue]:
        problem = ""
        for _ in range(2):
            if problem:
                self._ledger.note_second_try(problem)
            try:
                dialogue = self._clients.submission_dialogue()
                reply = dialogue.auth_plain(account.login, account.password)
            except _INTERRUPTED as error:
                problem = f"{account.login} at submission: {error or 'closed'}"
                continue
            if reply.code == 235:
                self._ledger.note_login()
                return dialogue
            problem = f"{account.login} at submission: {reply}"
            if reply.code >= 500:
                break
        self._ledger.note_failed_login(problem)
        self._over.wait(0.5)
        return None

    def _deliver(self, choice: random.Random) -> None:
        """Another mail server with mail for everybody."""
        while not self._over.is_set():
            self._send("friend@elsewhere.example", choice, self._clients.smtp_dialogue)
            self._over.wait(0.1)

    def _send(self, sender: str, choice: random.Random, connect: Callable[[], Optional[SmtpDialogue]]) -> None:
        """One message, tried again after every temporary answer, as mail servers do."""
        address = choice.choice(sorted(self._mailboxes))
        reader = self._mailboxes[address]
        message = new_message(sender, address, f"Number {choice.randrange(10**6)}.\n")
        octets = message.as_bytes().replace(b"\n", b"\r\n")
        while not self._over.is_set():
            try:
                dialogue = connect()
                if not dialogue:
                    return
                began = time.monotonic()
                reply = next((reply for reply in dialogue.begin(sender, address) if reply.code >= 400), None)
                reply = reply or dialogue.content(octets)
                accepted = time.monotonic()
                _take_leave(dialogue)
            except _INTERRUPTED as error:
                self._ledger.note_deferral(f"({error or 'closed'})")
                continue
            if reply.code == 250:
                self._ledger.note_letter(Letter(message["Message-ID"], reader.login, reader.domain, began, accepted))
                return
            if reply.code >= 500:
                self._ledger.note_refusal(f"{sender} to {address}: {reply}")
                return
            self._ledger.note_deferral(f"{reply.code} {reply.enhanced}")
            self._over.wait(0.1)


def _take_leave(dialogue: SmtpDialogue) -> None:
    try:
        dialogue.ask("QUIT")
    except _INTERRUPTED:
        pass  # the message's fate is known already
    finally:
        dialogue.close()


def _server(dialogue: ImapDialogue) -> str:
    told = " ".join(dialogue.ask('LIST "" "this-is-*"'))
    return "new" if "this-is-new" in told else "old" if "this-is-old" in told else "?"

"""An SMTP backend that a test can bend at every step."""

import base64
import ssl
from dataclasses import dataclass, field
from typing import Callable, Mapping, Optional

from .fake_mail_server import FakeMailServer
from .peer import Peer

FEATURES = ("PIPELINING", "SIZE 64000000", "8BITMIME", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN", "DSN", "SMTPUTF8")
Action = Callable[[Peer], None]


@dataclass
class Taken:
    reverse_path: str
    forward_paths: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)  # of MAIL, then of each RCPT
    content: bytes = b""  # as sent, dots stuffed


class FakeSmtp(FakeMailServer):
    """Takes mail for the three domains of the tests, and for any once logged in (or `is_open_relay`).

    `faults`: what happens instead of answering at `greeting`, `ehlo`, `starttls`, `tls`, `auth`,
    `mail`, `rcpt`, `data` or `final`; each starts with the command already read. It ends a transaction
    in `taken` only after its 250 is on the wire.
    """

    domains = ("@example.org", "@example.net", "@example.com")

    def __init__(self, password: str = "secret", features: tuple[str, ...] = FEATURES,
                 faults: Mapping[str, Action] = {}, greeting: str = "220 fake.example ESMTP",
                 start_tls: Optional[ssl.SSLContext] = None, is_open_relay: bool = False):
        self.password = password
        self.features = features
        self.is_open_relay = is_open_relay
        self.logins: list[tuple[str, str]] = []
        self.taken: list[Taken] = []
        self.seen_data: list[bytes] = []
        self._faults = dict(faults)
        self._greeting = greeting
        self._start_tls = start_tls
        super().__init__(self._talk)

    def _at(self, step: str, peer: Peer, otherwise: Action) -> None:
        self._faults.get(step, otherwise)(peer)

    def _talk(self, peer: Peer) -> None:
        self._at("greeting", peer, lambda p: p.say(self._greeting))
        transaction: Optional[Taken] = None
        logged_in = False
        encrypted = False
        while True:
            line = peer.line()
            verb = line.upper()
            if verb.startswith("EHLO"):
                offered = [*self.features, *(["STARTTLS"] if self._start_tls and not encrypted else [])]
                lines = ["fake.example", *offered]
                self._at("ehlo", peer, lambda p: p.say(
                    *[f"250-{text}" for text in lines[:-1]], f"250 {lines[-1]}"))
            elif verb == "STARTTLS" and self._start_tls:
                self._at("starttls", peer, lambda p: p.say("220 begin"))
                self._at("tls", peer, lambda p: p.start_tls_as_server(self._start_tls))
                encrypted = True
            elif verb.startswith("AUTH"):
                login = self._read_login(peer, line)
                self.logins.append(login)
                logged_in = login[1] == self.password
                self._at("auth", peer, lambda p: p.say(
                    "235 2.7.0 welcome" if logged_in else "535 5.7.8 wrong"))
            elif verb.startswith("MAIL FROM:"):
                transaction = Taken(_path(line), parameters=[_parameters(line)])
                self._at("mail", peer, lambda p: p.say("250 2.1.0 ok"))
            elif verb.startswith("RCPT TO:") and transaction:
                path = _path(line)
                if not (logged_in or self.is_open_relay or path.endswith(self.domains)):
                    peer.say("554 5.7.1 relay access denied")
                else:
                    transaction.forward_paths.append(path)
                    transaction.parameters.append(_parameters(line))
                    self._at("rcpt", peer, lambda p: p.say("250 2.1.5 ok"))
            elif verb == "DATA" and transaction:
                self._at("data", peer, lambda p: p.say("354 go ahead"))
                if "data" in self._faults:
                    continue
                transaction.content = self._read_content(peer)
                self.seen_data.append(transaction.content)
                self._at("final", peer, lambda p: p.say("250 2.0.0 taken"))
                if "final" not in self._faults:
                    self.taken.append(transaction)
                transaction = None
            elif verb == "RSET":
                transaction = None
                peer.say("250 2.0.0 ok")
            elif verb == "NOOP":
                peer.say("250 2.0.0 ok")
            elif verb == "QUIT":
                peer.say("221 2.0.0 bye")
                return
            else:
                peer.say("500 5.5.2 unknown")

    def _read_content(self, peer: Peer) -> bytes:
        peer.unread(b"\r\n")  # the end of the line before, so that an empty message ends alike
        return peer.until(b"\r\n.\r\n")[2:-3]

    def _read_login(self, peer: Peer, line: str) -> tuple[str, str]:
        words = line.split(" ")
        mechanism, initial = words[1].upper(), words[2] if len(words) > 2 else ""
        if mechanism == "PLAIN":
            if not initial:
                peer.say("334 ")
                initial = peer.line()
            _, login, password = base64.b64decode(initial).decode("latin-1").split("\0")
            return login, password
        if not initial:
            peer.say("334 " + base64.b64encode(b"Username:").decode())
            initial = peer.line()
        peer.say("334 " + base64.b64encode(b"Password:").decode())
        return (base64.b64decode(initial).decode("latin-1"),
                base64.b64decode(peer.line()).decode("latin-1"))


def _parameters(line: str) -> str:
    return line[line.index(">") + 1:].strip()


def _path(line: str) -> str:
    return line[line.index("<") + 1:line.index(">")]

"""An IMAP backend that a test can bend at every step."""

import base64
import ssl
from typing import Callable, Mapping, Optional

from .fake_mail_server import FakeMailServer
from .peer import Gone, Peer

CAPABILITY = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN"
Action = Callable[[Peer], None]


class FakeImap(FakeMailServer):
    """Accepts every login with `password`, then answers a few commands of an empty mailbox.

    `faults`: what happens instead of answering at `greeting`, `capability`, `starttls`, `tls`,
    `login` or `after_login` (called once when the login is through). `commands`: an action for a verb
    after login; it gets the peer and the tag. `before_ok` is sent before the login's OK.
    """

    def __init__(self, password: str = "secret", capability: str = CAPABILITY,
                 faults: Mapping[str, Action] = {}, commands: Mapping[str, Callable[[Peer, str], None]] = {},
                 greeting: str = "* OK ready", before_ok: str = "", login_reply: str = "OK logged in",
                 start_tls: Optional[ssl.SSLContext] = None):
        self.password = password
        self.capability = capability
        self.logins: list[tuple[str, str]] = []
        self._faults = faults
        self._commands = commands
        self._greeting = greeting
        self._before_ok = before_ok
        self._login_reply = login_reply
        self._start_tls = start_tls
        super().__init__(self._talk)

    def heal(self) -> None:
        """From the next connection on there are no faults."""
        self._faults = {}

    def _at(self, step: str, peer: Peer, otherwise: Action) -> None:
        self._faults.get(step, otherwise)(peer)

    def _talk(self, peer: Peer) -> None:
        self._at("greeting", peer, lambda p: p.say(self._greeting))
        logged_in = False
        while True:
            tag, _, rest = peer.line().partition(" ")
            verb, _, words = rest.partition(" ")
            verb = verb.upper()
            if verb == "CAPABILITY":
                self._at("capability", peer, lambda p: p.say(
                    f"* CAPABILITY {self.capability}", f"{tag} OK done"))
            elif verb == "ID":
                peer.say("* ID NIL", f"{tag} OK done")
            elif verb == "STARTTLS" and self._start_tls:
                self._at("starttls", peer, lambda p: p.say(f"{tag} OK begin"))
                self._at("tls", peer, lambda p: p.start_tls_as_server(self._start_tls))
            elif verb in ("LOGIN", "AUTHENTICATE") and not logged_in:
                login = self._read_login(peer, verb, words)
                self.logins.append(login)
                if "login" in self._faults:
                    self._faults["login"](peer)
                elif login[1] != self.password:
                    peer.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
                else:
                    logged_in = self._login_reply.startswith("OK")
                    peer.say_raw((self._before_ok + f"{tag} {self._login_reply}\r\n").encode("latin-1"))
                    if logged_in and "after_login" in self._faults:
                        self._faults["after_login"](peer)
            elif verb == "LOGOUT":
                peer.say("* BYE", f"{tag} OK bye")
                return
            elif verb in self._commands:
                self._commands[verb](peer, tag)
            elif verb == "SELECT":
                peer.say("* 0 EXISTS", "* 0 RECENT", "* FLAGS ()", f"{tag} OK [READ-WRITE] selected")
            elif verb == "IDLE":
                peer.say("+ idling")
                peer.line()
                peer.say(f"{tag} OK done")
            elif verb in ("NOOP", "CHECK", "ENABLE", "LIST"):
                peer.say(f"{tag} OK done")
            else:
                peer.say(f"{tag} BAD unknown")

    def _read_login(self, peer: Peer, verb: str, words: str) -> tuple[str, str]:
        if verb == "LOGIN":
            return self._strings(peer, words)
        mechanism, _, initial = words.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                peer.say("+ ")
                initial = peer.line()
            _, login, password = base64.b64decode(initial).decode("latin-1").split("\0")
            return login, password
        peer.say("+ " + base64.b64encode(b"Username:").decode())
        login = base64.b64decode(peer.line()).decode("latin-1")
        peer.say("+ " + base64.b64encode(b"Password:").decode())
        return login, base64.b64decode(peer.line()).decode("latin-1")

    def _strings(self, peer: Peer, words: str) -> tuple[str, str]:
        found = []
        while len(found) < 2:
            words = words.lstrip(" ")
            if words.startswith("{"):
                count = int(words[1:].rstrip("}").rstrip("+"))
                if not words.endswith("+}"):
                    peer.say("+ go ahead")
                found.append(peer.octets(count).decode("latin-1"))
                words = peer.line()
            elif words.startswith('"'):
                text, at = "", 1
                while words[at] != '"':
                    at += words[at] == "\\"
                    text += words[at]
                    at += 1
                found.append(text)
                words = words[at + 1:]
            elif words:
                text, _, words = words.partition(" ")
                found.append(text)
            else:
                raise Gone("a LOGIN without two strings")
        return found[0], found[1]

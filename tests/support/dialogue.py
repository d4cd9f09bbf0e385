"""IMAP and SMTP spoken by hand: for what client libraries won't say."""

import base64
import re
import socket
import ssl
from dataclasses import dataclass
from typing import Optional

from .peer import Peer
from .proxy_settings import PROXY_NAME
from .stellwerk import connect


class ImapDialogue(Peer):
    """An IMAP client, greeted already. Tags are `a1`, `a2`, ..."""

    def __init__(self, port: int, context: Optional[ssl.SSLContext] = None, name: str = PROXY_NAME,
                 connection: Optional[socket.socket] = None):
        """`context`: TLS from the first byte; without it the connection is in clear. `connection`: one
        that is there already, instead of a new one to `port`."""
        super().__init__(connection or connect(port))
        self._tags = 0
        if context:
            self.start_tls(context, name)
        self.greeting = self.line()

    def upgrade(self, context: ssl.SSLContext, name: str = PROXY_NAME) -> "ImapDialogue":
        assert self.ask("STARTTLS")[-1].startswith("OK"), self.heard
        self.start_tls(context, name)
        return self

    def send(self, command: str) -> str:
        """Sends a command and returns its tag."""
        self._tags += 1
        tag = f"a{self._tags}"
        self.say(f"{tag} {command}")
        return tag

    def ask(self, command: str) -> list[str]:
        """Every untagged line, then the tagged one without its tag."""
        return self.until_tagged(self.send(command))

    def until_tagged(self, tag: str) -> list[str]:
        lines = [self.line()]
        while not lines[-1].startswith(tag + " "):
            lines.append(self.line())
        lines[-1] = lines[-1][len(tag) + 1:]
        return lines

    def login(self, login: str, password: str) -> str:
        """The tagged answer to a LOGIN with quoted strings (their octets are UTF-8)."""
        quoted = ['"' + text.encode().decode("latin-1").replace("\\", "\\\\").replace('"', '\\"') + '"'
                  for text in (login, password)]
        return self.ask(f"LOGIN {' '.join(quoted)}")[-1]

    def capabilities(self) -> set[str]:
        line = next(line for line in self.ask("CAPABILITY") if line.startswith("* CAPABILITY "))
        return set(line.split()[2:])

    def idle(self) -> str:
        """Enters IDLE and returns its tag."""
        tag = self.send("IDLE")
        while not self.line().startswith("+"):
            pass
        return tag


@dataclass(frozen=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str:
        """`5.7.1` of `553 5.7.1 ...`, or an empty string."""
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", self.lines[0])
        return found[0] if found else ""

    def __str__(self) -> str:
        return f"{self.code} {' / '.join(self.lines)}"


class SmtpDialogue(Peer):
    """An SMTP client, greeted already."""

    def __init__(self, port: int, context: Optional[ssl.SSLContext] = None, name: str = PROXY_NAME,
                 connection: Optional[socket.socket] = None):
        super().__init__(connection or connect(port))
        if context:
            self.start_tls(context, name)
        self.greeting = self.reply()
        self.features: dict[str, str] = {}

    def reply(self) -> Reply:
        lines = []
        while True:
            text = self.line()
            assert re.match(r"[2-5]\d\d[- ]", text + " "), f"not a reply: {text!r} after {self.heard[-5:]}"
            lines.append(text[4:])
            if text[3:4] != "-":
                return Reply(int(text[:3]), tuple(lines))

    def ask(self, line: str) -> Reply:
        self.say(line)
        return self.reply()

    def ehlo(self) -> Reply:
        reply = self.ask("EHLO client.example")
        self.features = {word.upper(): rest for word, _, rest in
                         (line.partition(" ") for line in reply.lines[1:])}
        return reply

    def upgrade(self, context: ssl.SSLContext, name: str = PROXY_NAME) -> "SmtpDialogue":
        assert self.ask("STARTTLS").code == 220, self.heard
        self.start_tls(context, name)
        return self

    def auth_plain(self, login: str, password: str) -> Reply:
        return self.ask("AUTH PLAIN " + plain(login, password))

    def begin(self, reverse_path: str, *forward_paths: str) -> list[Reply]:
        """MAIL and a RCPT each; their replies."""
        return [self.ask(f"MAIL FROM:<{reverse_path}>"),
                *(self.ask(f"RCPT TO:<{path}>") for path in forward_paths)]

    def content(self, octets: bytes) -> Reply:
        """DATA, `octets` as they are, then the final dot; the last reply heard."""
        reply = self.ask("DATA")
        if reply.code != 354:
            return reply
        self.say_raw(octets + (b"" if octets.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.reply()

    def chunks(self, *chunks: bytes) -> list[Reply]:
        """A message in chunks (BDAT), all sent at once; the reply to each."""
        self.say_raw(b"".join(
            f"BDAT {len(chunk)}{' LAST' if number == len(chunks) else ''}\r\n".encode() + chunk
            for number, chunk in enumerate(chunks, 1)))
        return [self.reply() for _ in chunks]


def plain(login: str, password: str) -> str:
    """The initial response of PLAIN (RFC 4616), its octets in UTF-8."""
    return base64.b64encode(f"\0{login}\0{password}".encode()).decode()


class PopDialogue(Peer):
    """A POP3 client, greeted already."""

    def __init__(self, port: int, context: Optional[ssl.SSLContext] = None, name: str = PROXY_NAME,
                 connection: Optional[socket.socket] = None):
        super().__init__(connection or connect(port))
        if context:
            self.start_tls(context, name)
        self.greeting = self.line()

    def ask(self, line: str) -> str:
        """The first line of the answer."""
        self.say(line)
        return self.line()

    def lines(self) -> list[str]:
        """What follows that first line, up to the dot."""
        lines = []
        while (line := self.line()) != ".":
            lines.append(line)
        return lines

    def login(self, login: str, password: str) -> str:
        """The answer to USER and PASS, their octets in UTF-8."""
        answer = self.ask("USER " + login)
        return self.ask("PASS " + password.encode().decode("latin-1")) if answer.startswith("+OK") else answer


class SieveDialogue(Peer):
    """A ManageSieve client, greeted already. No server here needs more than lines to be understood."""

    def __init__(self, port: int, context: Optional[ssl.SSLContext] = None, name: str = PROXY_NAME,
                 connection: Optional[socket.socket] = None):
        """`context`: STARTTLS at once."""
        super().__init__(connection or connect(port))
        self.greeting = self.answer()
        if context:
            assert self.ask("STARTTLS")[-1].startswith("OK"), self.heard
            self.start_tls(context, name)
            self.greeting = self.answer()

    def answer(self) -> list[str]:
        """All lines up to and with the one that ends a command."""
        lines = [self.line()]
        while not re.match(r"(OK|NO|BYE)\b", lines[-1]):
            lines.append(self.line())
        return lines

    def ask(self, *lines: str) -> list[str]:
        self.say(*lines)
        return self.answer()

    def login(self, login: str, password: str) -> str:
        return self.ask(f'AUTHENTICATE "PLAIN" "{plain(login, password)}"')[-1]

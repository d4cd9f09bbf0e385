"""Whatever is under way while routes change: once a reload has drained, nothing reaches a side that must be still.

Reloads, `phase`, `cancel`, `switch` and `reverse` go along the edges at random while logins, recipients and content
are under way, and the servers answer after random delays. STELLWERK_SEED repeats a run.
"""

import os
import random
import threading
import time
from dataclasses import dataclass

import pytest

from support.dialogue import ImapDialogue
from support.fake_imap import FakeImap
from support.fake_smtp import FakeSmtp
from support.peer import Gone
from support.proxy_settings import clear_backend
from support.waiting import wait_until

EDGES = {"old": ("moving", "new"), "moving": ("new", "old"), "new": ("returning", "old"),
         "returning": ("old", "new")}
ACCESS = {"old": {"old"}, "moving": set(), "new": {"new"}, "returning": set()}  # who may see logins
DELIVERY = {"defer": ACCESS, "target": {**ACCESS, "moving": {"new"}, "returning": {"old"}}}
NAME = "example.org"
DOMAIN = "@" + NAME
ROUNDS = 25
ON_THE_WAY = 0.3  # seconds from our last look at the epoch to the server's note of what we then sent, on a busy machine
GATES_OF_FAKES = [word for name in ("mx", "no_relay") for word in ("--waive", f"{name}=fakes")]


@dataclass(frozen=True)
class Arrival:
    at: float
    side: str
    kind: str  # login, command, recipient or content
    what: str


@dataclass(frozen=True)
class Still:
    """A phase from the moment it was in force, and from the moment it had drained, until just before the next one."""

    in_force: float
    drained: float
    end: float
    phase: str

    def forbids(self, one: Arrival, policy: str) -> bool:
        """Credentials and recipients are sent under the phase in force alone; what had begun before goes on until
        the drain has ended."""
        begin = self.in_force + ON_THE_WAY if one.kind in ("login", "recipient") else self.drained
        sides = ACCESS if one.kind in ("login", "command") else DELIVERY[policy]
        return begin <= one.at <= self.end and one.side not in sides[self.phase]


class Watch:
    """What came to the servers, and when which phase was in force alone."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.arrivals: list[Arrival] = []
        self.stills: list[Still] = []
        self.over = threading.Event()
        self.tried = 0  # sessions begun by clients, whatever became of them

    def note(self, side: str, kind: str, what: str) -> None:
        self.arrivals.append(Arrival(time.monotonic(), side, kind, what))

    def dawdle(self, longest: float) -> None:
        """The fault itself: a server or client that is slow, until the test is over."""
        self.over.wait(self.random.random() ** 3 * longest)

    def trespasses(self, policy: str) -> list:
        return [(still, one) for still in self.stills for one in self.arrivals if still.forbids(one, policy)]


class SlowImap(FakeImap):
    def __init__(self, side: str, watch: Watch):
        self._side, self._watch = side, watch
        super().__init__(commands={"NOOP": self._noop})

    def _at(self, step, peer, otherwise):
        if step == "greeting":
            self._watch.dawdle(1.5)  # decided, not sent yet: the longer, the more happens meanwhile
        super()._at(step, peer, otherwise)

    def _noop(self, peer, tag):
        self._watch.note(self._side, "command", "NOOP")
        self._watch.dawdle(0.1)
        peer.say(f"{tag} OK done")

    def _read_login(self, peer, verb, words):
        login = super()._read_login(peer, verb, words)
        self._watch.note(self._side, "login", login[0])
        self._watch.dawdle(0.3)
        return login


class SlowSmtp(FakeSmtp):
    def __init__(self, side: str, watch: Watch):
        self._side, self._watch = side, watch
        super().__init__()

    def _at(self, step, peer, otherwise):
        if step == "rcpt" and DOMAIN in peer.heard[-1]:
            self._watch.note(self._side, "recipient", peer.heard[-1])
        self._watch.dawdle(1.5 if step == "greeting" else 0.2)
        super()._at(step, peer, otherwise)

    def _read_content(self, peer):
        content = super()._read_content(peer)
        self._watch.note(self._side, "content", content.decode())
        return content


def read_mail(proxy, watch, login):
    while not watch.over.is_set():
        watch.tried += 1
        dialogue = ImapDialogue(proxy.ports["imaps"], proxy.clients.context)
        try:
            if dialogue.login(login, "secret").startswith("OK"):
                for _ in range(watch.random.randrange(20)):
                    dialogue.ask("NOOP")
                dialogue.ask("LOGOUT")
        except Gone:
            pass  # it was drained
        finally:
            dialogue.close()


def send_mail(proxy, watch, recipient, login=None):
    while not watch.over.is_set():
        watch.tried += 1
        dialogue = proxy.clients.submission_dialogue() if login else proxy.clients.smtp_dialogue()
        try:
            if login and dialogue.auth_plain(login, "secret").code != 235:
                continue
            for _ in range(watch.random.randrange(5)):
                replies = dialogue.begin(login or "friend@elsewhere.example", recipient)
                watch.dawdle(0.1)
                if replies[-1].code == 250:
                    dialogue.content(b"Subject: x\r\n\r\nx\r\n")
                else:
                    dialogue.ask("RSET")
            dialogue.ask("QUIT")
        except (Gone, AssertionError):
            pass  # drained; or its 421 came where another reply was due
        finally:
            dialogue.close()


def lead_on(proxy, steps, phase) -> str:
    """One edge, or two in one move, in one of the ways that an operator has; the phase that it ends in."""
    way = steps.choice(("reload", "phase", "cancel", "move"))
    if way == "move" and ACCESS[phase]:
        command = ["switch", NAME] if phase == "old" else ["reverse", NAME, "--no-sync=fakes"]
        done = proxy.run(*command, *GATES_OF_FAKES, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return "new" if phase == "old" else "old"
    if way == "cancel" and not ACCESS[phase]:
        proxy.ask("cancel", NAME)
        return "old" if phase == "moving" else "new"
    to = steps.choice(EDGES[phase])
    if way == "phase":
        proxy.ask("phase", NAME, to)
    else:
        proxy.flip(NAME, to)
    return to


@pytest.mark.parametrize("policy", ["defer", "target"])
@pytest.mark.parametrize("run", range(2))
def test_nothing_reaches_a_side_that_must_be_still(start_between, policy, run):
    seed = int(os.environ.get("STELLWERK_SEED", 0)) or random.randrange(1, 1 << 32)
    print(f"STELLWERK_SEED={seed}")
    watch = Watch(seed)
    fakes = {side: (SlowImap(side, watch), SlowSmtp(side, watch)) for side in ("old", "new")}
    backends = [clear_backend(imap=imap.port, submission=smtp.port, smtp=smtp.port) for imap, smtp in fakes.values()]
    proxy = start_between(*backends, routes={"example.org": "old", "example.net": "old"},
                          settings={"budgets": {"drain": "10m", "park": "20s"},
                                    "policy": {"delivery_while_moving": policy}})
    people = [threading.Thread(target=read_mail, args=(proxy, watch, f"user{number}{DOMAIN}")) for number in range(6)]
    people += [threading.Thread(target=send_mail, args=(proxy, watch, f"user{number}{DOMAIN}", login))
               for number, login in enumerate([None, None, None, "bert@example.net"])]
    for one in people:
        one.start()
    try:
        phase = "old"
        steps = random.Random(seed)
        for _ in range(ROUNDS):
            phase = lead_on(proxy, steps, phase)
            in_force = time.monotonic()
            wait_until(lambda: proxy.status()["draining"] == 0, "the drain to end", 60)
            drained, tried, more = time.monotonic(), watch.tried, steps.randrange(1, 6)
            wait_until(lambda: watch.tried >= tried + more, "clients to try their luck", 60)
            watch.stills.append(Still(in_force, drained, time.monotonic(), phase))
            if phase in ("moving", "returning"):
                assert proxy.domain("example.org")["sessions"]["new" if phase == "moving" else "old"] == 0
    finally:
        watch.over.set()
        if phase in ("moving", "returning"):
            proxy.flip("example.org", "new")
        for one in people:
            one.join(60)
        for imap, smtp in fakes.values():
            imap.__exit__(None, None, None)
            smtp.__exit__(None, None, None)
    assert watch.trespasses(policy) == []
    kinds = {(one.side, one.kind) for one in watch.arrivals}
    assert {(side, kind) for side in ("old", "new") for kind in ("login", "command", "recipient", "content")} <= kinds
    assert " session_failed " not in proxy.log()

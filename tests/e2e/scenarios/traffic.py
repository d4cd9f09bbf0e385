"""Live traffic: a thread for each mail program or server, all through the proxy."""

import random
import threading
import time
from typing import Callable, Sequence

from support.accounts import Account
from support.stellwerk import Stellwerk

from scenarios import readers, senders
from scenarios.ledger import Ledger
from scenarios.world import World


class Traffic:
    """Threads that behave like people's mail programs until `stop`."""

    def __init__(self, proxy: Stellwerk, ledger: Ledger, mailboxes: dict[str, Account], pause: float = 0.1):
        """`mailboxes`: every address that gets mail -> the account that reads it. `pause`: seconds that a program
        thinks between two tasks."""
        self._world = World(proxy.clients, ledger, mailboxes, pause)
        self._threads: list[threading.Thread] = []
        self._broken: list[BaseException] = []

    def start(self, idlers: Sequence[Account], fetchers: int = 0, appenders: int = 0, poppers: int = 0,
              submitters: int = 0, servers: int = 0) -> None:
        """`idlers`: one session each; the rest are numbers of programs, each with one session at a time."""
        for number, account in enumerate(idlers):
            self._run(readers.idle, self._world, account, number)
        for role, count in ((readers.fetch, fetchers), (readers.append, appenders), (readers.pop, poppers),
                            (senders.submit, submitters), (senders.deliver, servers)):
            for number in range(count):
                self._run(role, self._world, random.Random(number))

    @property
    def idle(self) -> list[str]:
        """The login of each session that is in IDLE right now."""
        return [login for login, _ in self._world.idle.copy()]

    def stop(self) -> None:
        self._world.over.set()
        deadline = time.monotonic() + 40
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))

    def check(self) -> None:
        """Raises what broke a client's own code, if anything did, and whether any outlived `stop`."""
        if self._broken:
            raise self._broken[0]
        stuck = sum(thread.is_alive() for thread in self._threads) if self._world.over.is_set() else 0
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

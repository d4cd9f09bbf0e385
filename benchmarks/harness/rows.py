"""The rows of the table: how each figure is taken, and what must be true for it to count."""

from dataclasses import dataclass

from .peers import PLAIN, TLS
from .processes import Invalid, cpu_seconds, pss_kib, tree, wait_until
from .tools import Load


@dataclass(frozen=True)
class Size:
    sessions: int
    concurrent: int
    idle: int
    fetch_sessions: int
    fetch_octets: int
    message_octets: int


TITLES = {
    "login": "CPU ms per full-handshake IMAPS login session",
    "idle": "KiB (PSS) per idle logged-in session at {idle:,} sessions",
    "fetch_plain": "CPU s per GB of FETCH, plain backend",
    "fetch_tls": "CPU s per GB of FETCH, TLS backend",
}


def demand(holds, what):
    if not holds:
        raise Invalid(what)


class Watched:
    """Compares what the stub saw with what the load generator says it did, and sees to it that
    the processes at the end are those of the beginning."""

    def __init__(self, stub, program):
        self.stub, self.program = stub, program
        self.before = stub.counters()
        self.pids = tree(program.pid)

    def seen(self, name):
        return self.stub.counters()[name] - self.before[name]

    def settle(self):
        wait_until(lambda: self.seen("open") <= 0, "the proxy to close its backend connections")

    def check(self, backend, **expected):
        self.program.check_alive()
        demand(tree(self.program.pid) == self.pids, f"{self.program.name}: a process came or went")
        for name, count in expected.items():
            demand(self.seen(name) == count,
                   f"{self.program.name}: the stub saw {self.seen(name)} {name}, not {count}")
        over_tls = self.seen("tls_connections")
        right = over_tls if backend == TLS else self.seen("connections") - over_tls
        demand(right >= expected["logins"], f"{self.program.name}: {right} connections to {backend}")


class Bench:
    def __init__(self, build, certificate, stub, size):
        self.build, self.certificate, self.stub, self.size = build, certificate, stub, size

    def load(self, peer, mode, backend, sessions, **options):
        options.setdefault("concurrent", self.size.concurrent)
        return Load(self.build, self.certificate, mode, peer.target(backend), sessions, **options)

    def warm(self, peer, sessions=50):
        watched_open = self.stub.counters()["open"]
        with self.load(peer, "login", PLAIN, sessions) as load:
            load.result()
        wait_until(lambda: self.stub.counters()["open"] <= watched_open, "the warm-up to end")

    def login(self, peer, program):
        """CPU ms per session; and of the helper, and tickets, per session."""
        count = self.size.sessions
        watched = Watched(self.stub, program)
        cpu = cpu_seconds(program.pid)
        helper = cpu_seconds(peer.helper.pid) if peer.helper else 0
        with self.load(peer, "login", PLAIN, count) as load:
            result = load.result()
        watched.settle()
        cpu = cpu_seconds(program.pid) - cpu
        helper = cpu_seconds(peer.helper.pid) - helper if peer.helper else 0
        demand(result["sessions"] == count, f"{result['sessions']} sessions, not {count}")
        watched.check(PLAIN, logins=count, logouts=count)
        demand(cpu > 0, "logins that cost nothing")
        return {"figure": cpu * 1000 / count, "helper": helper * 1000 / count,
                "tickets": result["tickets"] / count, "suite": result["suite"]}

    def idle(self, peer, program):
        """KiB per session: what the sessions add to the PSS of a proxy that has served a few."""
        count = self.size.idle
        watched = Watched(self.stub, program)
        with self.load(peer, "hold", PLAIN, count) as load:
            load.expect("loaded")
            empty = pss_kib(program.pid)
            load.go_on()
            load.expect("ready")
            demand(watched.seen("open") >= count, f"the stub holds {watched.seen('open')} open")
            full = self._settled_pss(program)
            demand(watched.seen("open") >= count, "sessions ended while they were measured")
            load.go_on()
            result = load.result()
        watched.settle()
        demand(result["sessions"] == count, f"{result['sessions']} sessions, not {count}")
        watched.check(PLAIN, logins=count, idles=count, logouts=count)
        demand(full > empty, "sessions that take no memory")
        return {"figure": (full - empty) / count, "empty_kib": empty}

    def _settled_pss(self, program):
        last = [pss_kib(program.pid)]

        def steady():
            last.append(pss_kib(program.pid))
            return abs(last[-1] - last[-2]) <= 16

        wait_until(steady, "the memory to settle")
        return last[-1]

    def fetch(self, peer, program, backend):
        """CPU s per GB (10^9 octets of message)."""
        size = self.size
        watched = Watched(self.stub, program)
        with self.load(peer, "fetch", backend, size.fetch_sessions, octets=size.fetch_octets,
                       message_octets=size.message_octets) as load:
            load.expect("ready")
            cpu = cpu_seconds(program.pid)
            load.go_on()
            load.expect("fetched")
            cpu = cpu_seconds(program.pid) - cpu
            load.go_on()
            result = load.result()
        watched.settle()
        demand(result["octets"] == size.fetch_octets, f"{result['octets']} octets fetched")
        watched.check(backend, logins=size.fetch_sessions, literal_octets=size.fetch_octets,
                      fetches=size.fetch_octets // size.message_octets)
        demand(cpu > 0, "a FETCH that cost nothing")
        return {"figure": cpu * 1e9 / size.fetch_octets}

    def round(self, peer):
        """All rows of one peer: a fresh process for time, another one for memory."""
        samples = {}
        with peer.running() as program:
            self.warm(peer)
            samples["login"] = self.login(peer, program)
            samples["fetch_plain"] = self.fetch(peer, program, PLAIN)
            if peer.can(TLS):
                samples["fetch_tls"] = self.fetch(peer, program, TLS)
        with peer.running() as program:
            self.warm(peer)
            samples["idle"] = self.idle(peer, program)
        return samples

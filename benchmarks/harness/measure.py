"""How each figure is taken, and what must be true for it to count."""

from .peers import PLAIN, TLS
from .processes import Invalid, cpu_seconds, pss_kib, tree, wait_until
from .rows import SMALL
from .tools import Load


def demand(holds, what):
    if not holds:
        raise Invalid(what)


class Watched:
    """Compares what the stub saw with what the load generator says it did, and sees to it that
    the processes at the end are those of the beginning."""

    def __init__(self, stub, program, peer=None):
        self.stub, self.program, self.peer = stub, program, peer
        self.before = stub.counters()
        self.pids = tree(program.pid)

    def seen(self, name):
        return self.stub.counters()[name] - self.before[name]

    def settle(self):
        wait_until(lambda: self.seen("open") <= 0, "the proxy to close its backend connections")

    def check(self, backend, sessions, **expected):
        self.program.check_alive()
        name = self.program.name
        if self.peer is None or self.peer.keeps_processes:
            demand(tree(self.program.pid) == self.pids, f"{name}: a process came or went")
        for what, count in expected.items():
            demand(self.seen(what) == count,
                   f"{name}: the stub saw {self.seen(what)} {what}, not {count}")
        over_tls = self.seen("tls_connections")
        right = over_tls if backend == TLS else self.seen("connections") - over_tls
        demand(right >= sessions, f"{name}: {right} connections to {backend}")
        if self.peer and self.peer.tells_client:
            demand(self.seen("told") >= sessions,
                   f"{name}: the backend heard of {self.seen('told')} clients, not {sessions}")


class Meter:
    """CPU seconds of a proxy, and of its helper, from one moment to another."""

    def __init__(self, peer, program):
        self.pids = [program.pid] + ([peer.helper.pid] if peer.helper else [])
        self.begin()

    def begin(self):
        self.started = [cpu_seconds(pid) for pid in self.pids]

    def end(self):
        """(proxy, helper)"""
        spent = [cpu_seconds(pid) - start for pid, start in zip(self.pids, self.started)]
        demand(spent[0] > 0, "work that cost nothing")
        return spent[0], sum(spent[1:])


class Bench:
    def __init__(self, build, certificate, stub, size):
        self.build, self.certificate, self.stub, self.size = build, certificate, stub, size

    def load(self, peer, row, sessions, **options):
        return Load(self.build, self.certificate, row.mode,
                    peer.target(row.service, row.backend), sessions,
                    security=row.security, concurrent=self.size.concurrent, accounts=peer.clients, **options)

    def warm(self, peer, program, backend):
        watched = Watched(self.stub, program, peer)
        with Load(self.build, self.certificate, "login", peer.target("imap", backend),
                  max(60 // peer.fewer, 4), accounts=peer.clients) as load:
            load.result()
        watched.settle()

    def measure(self, peer, program, row):
        return getattr(self, row.how)(peer, program, row)

    def login(self, peer, program, row):
        """CPU ms per session; of the helper, and tickets, per session."""
        count = self.size.logins // peer.fewer
        watched, meter = Watched(self.stub, program, peer), Meter(peer, program)
        with self.load(peer, row, count, resume=int(row.resume)) as load:
            if row.resume:
                load.expect("primed")
                watched.settle()
                watched, meter = Watched(self.stub, program, peer), Meter(peer, program)
                load.go_on()
            result = load.result()
        watched.settle()
        cpu, helper = meter.end()
        demand(result["sessions"] == count, f"{result['sessions']} sessions, not {count}")
        watched.check(row.backend, count, logins=count, logouts=count)
        return {"figure": cpu * 1000 / count, "helper": helper * 1000 / count,
                "tickets": result["tickets"] / count, "suite": result["suite"]}

    def message(self, peer, program, row):
        """CPU ms per message, each in a session of its own."""
        count = (self.size.small_messages if row.message_octets == SMALL
                 else self.size.large_messages)
        watched, meter = Watched(self.stub, program, peer), Meter(peer, program)
        with self.load(peer, row, count, message_octets=row.message_octets) as load:
            result = load.result()
        watched.settle()
        cpu, helper = meter.end()
        demand(result["sessions"] == count, f"{result['sessions']} sessions, not {count}")
        watched.check(row.backend, count, messages=count,
                      literal_octets=count * row.message_octets,
                      logins=count if row.mode == "submit" else 0)
        return {"figure": cpu * 1000 / count, "helper": helper * 1000 / count}

    def idle(self, peer, program, row):
        """KiB per session: what the sessions add to the PSS of a proxy that has served a few."""
        count = row.sessions // peer.fewer
        watched = Watched(self.stub, program, peer)
        with self.load(peer, row, count) as load:
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
        watched.check(row.backend, count, logins=count, idles=count, logouts=count)
        demand(full > empty, "sessions that take no memory")
        return {"figure": (full - empty) / count, "empty_kib": empty}

    def _settled_pss(self, program):
        last = [pss_kib(program.pid)]

        def steady():
            last.append(pss_kib(program.pid))
            return abs(last[-1] - last[-2]) <= 16

        wait_until(steady, "the memory to settle")
        return last[-1]

    def transfer(self, peer, program, row):
        """CPU s per GB (10^9 octets of message)."""
        sessions = self.size.transfer_sessions
        whole = sessions * row.message_octets
        octets = max(self.size.transfer_octets // peer.lighter // whole, 1) * whole
        watched = Watched(self.stub, program, peer)
        cpu, result = self._work(peer, program, row, sessions, octets=octets,
                                 message_octets=row.message_octets)
        watched.settle()
        demand(result["sessions"] == sessions, f"{result['sessions']} sessions, not {sessions}")
        watched.check(row.backend, sessions, logins=sessions, literal_octets=octets,
                      **{f"{row.mode}s".replace("fetchs", "fetches"):
                         octets // row.message_octets})
        return {"figure": cpu * 1e9 / octets}

    def noop(self, peer, program, row):
        """CPU µs per NOOP, and how long the answers took, in µs."""
        noops = self.size.noops
        watched = Watched(self.stub, program, peer)
        cpu, result = self._work(peer, program, row, row.sessions, noops=noops,
                                 rate=self.size.noop_rate)
        watched.settle()
        demand(result["noops"] == noops, f"{result['noops']} answers, not {noops}")
        watched.check(row.backend, row.sessions, logins=row.sessions, noops=noops)
        return {"figure": cpu * 1e6 / noops, "p50_us": result["p50_us"],
                "p99_us": result["p99_us"]}

    def _work(self, peer, program, row, sessions, **options):
        """What sessions cost that are logged in already."""
        with self.load(peer, row, sessions, **options) as load:
            load.expect("ready")
            meter = Meter(peer, program)
            load.go_on()
            load.expect("done")
            cpu, _ = meter.end()
            load.go_on()
            return cpu, load.result()

    def round(self, peer, rows):
        """All rows of one peer: a fresh process for time, and one for each figure of memory."""
        can = [row for row in rows if peer.cannot(row) is None]
        samples = {}
        for workers in sorted({row.workers for row in can}):
            timed = [row for row in can if row.workers == workers and not row.is_memory]
            if not timed:
                continue
            backends = sorted({row.backend for row in timed} | {PLAIN})
            with peer.running(workers, backends) as program:
                for backend in backends:
                    self.warm(peer, program, backend)
                for row in timed:
                    samples[row.key] = self.measure(peer, program, row)
        for row in (row for row in can if row.is_memory):
            with peer.running(row.workers, [row.backend]) as program:
                self.warm(peer, program, row.backend)
                samples[row.key] = self.measure(peer, program, row)
        return samples

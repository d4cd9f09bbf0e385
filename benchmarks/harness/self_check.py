"""Shows that a stub or a load generator that fails gives no figure, without any proxy."""

from .peers import PLAIN
from .processes import Invalid, Program, free_port
from .rows import Bench, Size, Watched
from .tools import Load, Stub, make_certificate

SIZE = Size(sessions=40, concurrent=8, idle=40, fetch_sessions=2, fetch_octets=4_000_000,
            message_octets=100_000)


class Direct:
    """Stands where a proxy would: the TLS side of the stub itself."""

    name, helper = "stub", None

    def __init__(self, stub):
        self.stub = stub

    def target(self, backend):
        return self.stub.tls_port, backend


def refused(what, action):
    try:
        action()
    except Invalid as reason:
        print(f"refused, as it should be: {what}: {str(reason).splitlines()[0][:120]}")
        return
    raise SystemExit(f"self-check: {what} still gave a figure")


def run(build, folder):
    certificate = make_certificate(folder)
    tls = "tls.example"
    with Stub(build, folder, certificate) as stub:
        peer, bench = Direct(stub), Bench(build, certificate, stub, SIZE)

        def load(mode, sessions, port=stub.tls_port, ca=certificate["ca"], **options):
            with Load(build, certificate, mode, (port, tls), sessions, ca=ca, **options) as one:
                return one.result()

        watched = Watched(stub, stub)
        for mode, options in (("login", {}), ("hold", {}),
                              ("fetch", {"octets": SIZE.fetch_octets, "message_octets": 100_000})):
            with Load(build, certificate, mode, peer.target(tls), 40, **options) as one:
                for word in {"login": [], "hold": ["loaded", "ready"], "fetch": ["ready", "fetched"]}[mode]:
                    one.expect(word)
                    one.go_on()
                assert one.result()["sessions"] == 40
        watched.settle()
        watched.check(tls, logins=120, idles=40, logouts=120, fetches=40,
                      literal_octets=SIZE.fetch_octets)
        print("the stub and the load generator agree on 120 sessions and every octet")

        refused("a count that differs by one",
                lambda: watched.check(tls, logins=121))
        refused("a connection to the other backend",
                lambda: watched.check(PLAIN, logins=120))
        refused("a port where nobody listens", lambda: load("login", 5, port=free_port()))
        refused("a server without TLS", lambda: load("login", 5, port=stub.plain_port))
        refused("a certificate of somebody else",
                lambda: load("login", 5, ca=make_other(folder)))
        refused("fetched octets that do not divide", lambda: load("fetch", 3, octets=7))
        refused("a program that ends early", lambda: bench.login(peer, gone(folder)))

    def cut():
        with Stub(build, folder, certificate) as one:
            with Load(build, certificate, "hold", (one.tls_port, tls), 40) as held:
                held.expect("loaded")
                held.go_on()
                held.expect("ready")
                one.stop()
                held.result()

    def wrong_octet():
        with Stub(build, folder, certificate, "--wrong-octet-at", "12345") as one:
            with Load(build, certificate, "fetch", (one.tls_port, tls), 2, octets=200_000,
                      message_octets=100_000) as fetching:
                fetching.expect("ready")
                fetching.go_on()
                fetching.expect("fetched")

    refused("a stub that dies while sessions are held", cut)
    refused("a message with one wrong octet", wrong_octet)
    print("self-check passed")


def make_other(folder):
    other = folder / "other"
    other.mkdir()
    return make_certificate(other)["ca"]


def gone(folder):
    program = Program(["true"], folder, "true")
    program.process.wait()
    return program

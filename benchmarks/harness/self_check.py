"""Shows that a stub or a load generator that fails gives no figure, without any proxy."""

from .measure import Bench, Watched
from .peers import PLAIN
from .processes import Invalid, Program, free_port
from .rows import SMALL, Row, Size
from .tools import ACCOUNTS, Load, Stub, make_certificate

TLS_DOMAIN = "tls.example"
WORDS = {"login": [], "idle": ["loaded", "ready"], "fetch": ["ready", "done"],
         "append": ["ready", "done"], "noop": ["ready", "done"], "submit": [], "deliver": []}


class Direct:
    """Stands where a proxy would: the stub itself."""

    name, helper, fewer, tells_client, keeps_processes = "stub", None, 1, False, True
    clients = ACCOUNTS

    def __init__(self, stub):
        self.stub = stub

    def target(self, service, backend):
        return self.stub.ports["imap_tls"], backend


def refused(what, action):
    try:
        action()
    except Invalid as reason:
        print(f"refused, as it should be: {what}: {str(reason).splitlines()[0][:120]}")
        return
    raise SystemExit(f"self-check: {what} still gave a figure")


def agree(build, certificate, stub):
    """Every mode of the load generator, straight to the stub: both count the same."""

    def played(mode, port, sessions=40, **options):
        with Load(build, certificate, mode, (stub.ports[port], TLS_DOMAIN), sessions,
                  **options) as one:
            for word in WORDS[mode]:
                one.expect(word)
                one.go_on()
            assert one.result()["sessions"] == sessions
        return sessions

    watched = Watched(stub, stub)
    octets = {"octets": 4_000_000, "message_octets": 100_000}
    logins = sum((played("login", "imap_tls"), played("idle", "imap_tls"),
                  played("fetch", "imap_tls", **octets), played("append", "imap_tls", **octets),
                  played("noop", "imap_tls", noops=200, rate=10_000)))
    clear = {"security": "none", "message_octets": SMALL}
    logins += played("submit", "smtp_plain", **clear)
    quits = played("deliver", "smtp_plain", **clear)
    watched.settle()
    watched.check(TLS_DOMAIN, 200, logins=logins, idles=40, logouts=logins + quits, fetches=40,
                  appends=40, noops=200, messages=80, literal_octets=8_000_000 + 80 * SMALL)
    print(f"the stub and the load generator agree on {logins + quits} sessions and every octet")
    return watched


def resumes(build, certificate, stub):
    with Load(build, certificate, "login", (stub.ports["imap_tls"], TLS_DOMAIN), 40,
              resume=1) as one:
        one.expect("primed")
        one.go_on()
        assert one.result()["sessions"] == 40
    print("sessions that have to resume do")


def run(build, folder):
    certificate = make_certificate(folder)
    with Stub(build, folder, certificate) as stub:
        def load(mode, sessions, port=stub.ports["imap_tls"], ca=certificate["ca"], **options):
            with Load(build, certificate, mode, (port, TLS_DOMAIN), sessions, ca=ca,
                      **options) as one:
                return one.result()

        watched = agree(build, certificate, stub)
        resumes(build, certificate, stub)
        bench = Bench(build, certificate, stub, Size(logins=40))
        refused("a count that differs by one",
                lambda: watched.check(TLS_DOMAIN, 1, idles=41))
        refused("a connection to the other backend",
                lambda: watched.check(PLAIN, 200, idles=40))
        refused("a port where nobody listens", lambda: load("login", 5, port=free_port()))
        refused("a server without TLS", lambda: load("login", 5, port=stub.ports["imap_plain"]))
        refused("a certificate of somebody else",
                lambda: load("login", 5, ca=make_other(folder)))
        refused("fetched octets that do not divide", lambda: load("fetch", 3, octets=7))
        refused("a program that ends early",
                lambda: bench.login(Direct(stub), gone(folder), Row("login_full", "", "login")))
        refused("a client that nobody tells of", lambda: untold(watched))

    def cut():
        with Stub(build, folder, certificate) as one:
            with Load(build, certificate, "idle", (one.ports["imap_tls"], TLS_DOMAIN), 40) as held:
                held.expect("loaded")
                held.go_on()
                held.expect("ready")
                one.stop()
                held.result()

    def wrong_octet(mode):
        with Stub(build, folder, certificate, "--wrong-octet-at", "12345") as one:
            with Load(build, certificate, mode, (one.ports["imap_tls"], TLS_DOMAIN), 2,
                      octets=200_000, message_octets=100_000) as moving:
                moving.expect("ready")
                moving.go_on()
                moving.expect("done")

    refused("a stub that dies while sessions are held", cut)
    refused("a message fetched with one wrong octet", lambda: wrong_octet("fetch"))
    refused("a message appended with one wrong octet", lambda: wrong_octet("append"))
    print("self-check passed")


def make_other(folder):
    other = folder / "other"
    other.mkdir()
    return make_certificate(other)["ca"]


def untold(watched):
    watched.peer = Direct(watched.stub)
    watched.peer.tells_client = True
    watched.check(TLS_DOMAIN, 200)


def gone(folder):
    program = Program(["true"], folder, "true")
    program.process.wait()
    return program

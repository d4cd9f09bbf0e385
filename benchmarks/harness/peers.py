"""What a proxy has to have to take part: a configuration, a start, readiness, a version."""

import contextlib
import getpass
import shutil
import subprocess
from pathlib import Path

from .processes import Invalid, free_port, wait_until
from .tools import ACCOUNTS, Load

TEMPLATES = Path(__file__).parent.parent / "peers"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLAIN, TLS = "plain.example", "tls.example"
PORTS = ("imap_plain_port", "imap_tls_port", "smtp_plain_port", "submission_plain_port",
         "auth_port", "admin_port")


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"


def binary(name):
    return shutil.which(name, path=PATH)


class Peer:
    """One proxy. `running` starts a fresh one; `target` is where a client finds a service."""

    name = title = None
    passes_through = False  # knows no mail: logins and recipients are the stub's affair
    tells_client = True  # the backend hears who calls
    keeps_processes = True  # none comes or goes while it works
    fewer = 1  # logins and idle sessions are divided by this
    lighter = 1  # octets are divided by this
    most_rounds = 1000
    clients = ACCOUNTS  # who log in, in each of the two domains
    helper = None  # a process that works for this peer and is counted apart

    def __init__(self, build, folder, certificate, stub, descriptors):
        self.build, self.certificate, self.stub = build, certificate, stub
        self.folder = folder / self.name
        self.folder.mkdir(exist_ok=True)
        self.values = dict(certificate, folder=self.folder, user=getpass.getuser(),
                           accounts=2 * ACCOUNTS, descriptors=descriptors,
                           connections=descriptors // 2 - 50,
                           **{f"stub_{name}": port for name, port in stub.ports.items()})

    def render(self, *names):
        for name in names:
            text = (TEMPLATES / name).read_text()
            for key, value in self.values.items():
                text = text.replace(f"@{key}@", str(value))
            (self.folder / name).write_text(text)

    def target(self, service, backend):
        return self.values[f"{service}_{'tls' if backend == TLS else 'plain'}_port"], backend

    def cannot(self, row):
        """Why this proxy cannot do the row's work, or None."""
        return None

    @contextlib.contextmanager
    def running(self, workers, backends):
        """A fresh proxy, once it serves IMAP for each of the backends."""
        self.values["workers"] = workers
        for port in PORTS:
            self.values[port] = free_port()
        with contextlib.ExitStack() as stack:
            program = self.start(stack)
            for backend in backends:
                wait_until(lambda: self._answers(program, backend), f"{self.name} at {backend}")
            yield program

    def _answers(self, program, backend):
        program.check_alive()
        with contextlib.suppress(Invalid):
            with Load(self.build, self.certificate, "login", self.target("imap", backend),
                      1, accounts=self.clients) as load:
                return load.result()["sessions"] == 1
        return False

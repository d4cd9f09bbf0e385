"""The proxies that are compared: their configuration, start, readiness and version."""

import contextlib
import getpass
import os
import shutil
import subprocess
from pathlib import Path

from .processes import Invalid, Program, free_port, wait_until
from .tools import ACCOUNTS, Load

TEMPLATES = Path(__file__).parent.parent / "peers"
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
PLAIN, TLS = "plain.example", "tls.example"


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"


class Peer:
    """One proxy. `running` starts a fresh one; `target` is where a client finds each backend."""

    name = title = None
    notes = ""

    def __init__(self, build, folder, certificate, stub):
        self.build, self.certificate = build, certificate
        self.folder = folder / self.name
        self.folder.mkdir(exist_ok=True)
        self.values = dict(certificate, folder=self.folder, user=getpass.getuser(),
                           accounts=2 * ACCOUNTS, stub_plain_port=stub.plain_port,
                           stub_tls_port=stub.tls_port)
        self.helper = None  # a process that works for this peer and is counted apart

    def render(self, *names):
        for port in "plain_port", "tls_port", "auth_port", "admin_port":
            self.values[port] = free_port()
        for name in names:
            text = (TEMPLATES / name).read_text()
            for key, value in self.values.items():
                text = text.replace(f"@{key}@", str(value))
            (self.folder / name).write_text(text)

    def target(self, backend):
        return {PLAIN: (self.values["plain_port"], PLAIN),
                TLS: (self.values["tls_port"], TLS)}[backend]

    def can(self, backend):
        return True

    @contextlib.contextmanager
    def running(self):
        with contextlib.ExitStack() as stack:
            program = self.start(stack)
            for backend in filter(self.can, (PLAIN, TLS)):
                wait_until(lambda: self._answers(program, backend), f"{self.name} at {backend}")
            yield program

    def _answers(self, program, backend):
        program.check_alive()
        with contextlib.suppress(Invalid):
            with Load(self.build, self.certificate, "login", self.target(backend), 1) as load:
                return load.result()["sessions"] == 1
        return False


class Stellwerk(Peer):
    name, title = "stellwerk", "Stellwerk"

    def start(self, stack):
        self.render("stellwerk.yaml", "routes.yaml")
        rows = "".join(f"user{number:05}@{domain},,,,,\n"
                       for domain in (PLAIN, TLS) for number in range(ACCOUNTS))
        (self.folder / "accounts.csv").write_text(
            "login,domain,old_login,new_login,senders,pin\n" + rows)
        return stack.enter_context(Program(
            [self.build / "stellwerk", "serve", "-c", self.folder / "stellwerk.yaml"],
            self.folder, self.name))

    def target(self, backend):
        return self.values["plain_port"], backend  # one listener; the route picks the backend

    def version(self):
        return first_line(self.build / "stellwerk", "--version")


class Nginx(Peer):
    name, title = "nginx", "nginx mail"
    notes = "no TLS toward backends"

    def start(self, stack):
        self.render("nginx.conf", "nginx_auth.conf")
        binary = shutil.which("nginx", path=PATH)
        self.helper = stack.enter_context(Program(
            [binary, "-e", "stderr", "-c", self.folder / "nginx_auth.conf"], self.folder,
            "nginx_auth"))
        return stack.enter_context(Program(
            [binary, "-e", "stderr", "-c", self.folder / "nginx.conf"], self.folder, self.name))

    def can(self, backend):
        return backend == PLAIN

    def version(self):
        return first_line(shutil.which("nginx", path=PATH), "-v").replace("version: ", "")


class Haproxy(Peer):
    name, title = "haproxy", "HAProxy (TCP)"
    notes = "knows no IMAP: the login passes through to the stub"

    def start(self, stack):
        self.render("haproxy.conf")
        return stack.enter_context(Program(
            [shutil.which("haproxy", path=PATH), "-db", "-f", self.folder / "haproxy.conf"],
            self.folder, self.name))

    def version(self):
        return " ".join(first_line(shutil.which("haproxy", path=PATH), "-v").split()[:3])


ALL = {peer.name: peer for peer in (Stellwerk, Nginx, Haproxy)}

"""Our own two programs, the stub backend and the load generator, and the certificate for all."""

import json
import subprocess
from pathlib import Path

from .processes import Invalid, Program

HOST = "mail.bench.example"
ACCOUNTS = 10000  # in each of the two domains
DEADLINE = 600
PROJECT = Path(__file__).resolve().parent.parent.parent


def build(folder, targets):
    """Configures the build folder too, if it is none yet."""
    if not (folder / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=PROJECT, check=True)
    subprocess.run(["cmake", "--build", folder, "--target", *targets], check=True,
                   stdout=subprocess.DEVNULL)


def make_certificate(folder):
    """An ECDSA P-256 CA and one certificate that every server of the benchmark shows."""

    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=folder)

    for name in "ca", "server":
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    openssl("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=benchmark CA",
            "-days", 365, "-out", "ca.pem")
    openssl("req", "-new", "-key", "server.key", "-subj", f"/CN={HOST}", "-out", "server.csr")
    (folder / "names").write_text(f"subjectAltName=DNS:{HOST},DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", 365, "-extfile", "names", "-out", "server.pem")
    bundle = (folder / "server.pem").read_text() + (folder / "server.key").read_text()
    (folder / "bundle.pem").write_text(bundle)
    return {"chain": folder / "server.pem", "key": folder / "server.key",
            "ca": folder / "ca.pem", "bundle": folder / "bundle.pem"}


class Stub(Program):
    def __init__(self, build, folder, certificate, *options):
        super().__init__(
            [build / "stub_backend", "--chain", certificate["chain"], "--key", certificate["key"],
             *options],
            folder, "stub_backend", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            self.check_alive()
            raise Invalid(f"stub_backend said {line!r}")
        self.ports = json.loads(line)

    def counters(self):
        self.check_alive()
        self.process.stdin.write("counters\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Load:
    """One run of mail_load. Its figures are there only if every session did all of its work."""

    def __init__(self, build, certificate, mode, target, sessions, **options):
        port, domain = target
        numbers = {"port": port, "domain": domain, "sessions": sessions, "name": HOST,
                   "accounts": ACCOUNTS, "ca": certificate["ca"], "mode": mode} | options
        words = [word for name, value in numbers.items()
                 for word in (f"--{name.replace('_', '-')}", str(value))]
        self.process = subprocess.Popen([build / "mail_load", *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def expect(self, word):
        if (line := self.process.stdout.readline().strip()) != word:
            self._give_up(line)

    def go_on(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        line = self.process.stdout.readline()
        if self.process.wait(DEADLINE) != 0 or not line.startswith("{"):
            self._give_up(line)
        return json.loads(line)

    def _give_up(self, line):
        self.process.kill()
        raise Invalid(self.process.stderr.read().strip() or f"mail_load said {line!r}")

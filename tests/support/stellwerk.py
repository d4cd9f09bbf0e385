"""The proxy as an operator runs it: files in a folder, `serve` in the foreground, the CLI beside it."""

import contextlib
import csv
import io
import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterable, Mapping, Optional

from .accounts import Account
from .process import Process
from .proxy_settings import default_binary
from .waiting import answers
from .yaml_text import yaml_text

if TYPE_CHECKING:
    from .proxy_clients import Clients


class Stellwerk:
    """Writes the files of `folder` and runs `stellwerk serve` on them."""

    def __init__(self, folder: Path, settings: dict, ports: Mapping[str, int],
                 routes: Mapping[str, str], accounts: Iterable[Account] = (), default: str = "old"):
        self.folder = folder
        self.ports = ports
        self.settings = settings
        self.binary = Path(os.environ.get("STELLWERK_BINARY") or default_binary())
        self.config = folder / "stellwerk.yaml"
        self.routes_file = folder / "routes.yaml"
        self.accounts_file = folder / "accounts.csv"
        self.clients: Optional["Clients"] = None  # set by who knows the authority
        self._process: Optional[Process] = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "state").mkdir(mode=0o700, exist_ok=True)
        self.write_settings(settings)
        self.write_routes(routes, default)
        self.write_accounts(accounts)

    # Files

    def write_settings(self, settings: dict) -> None:
        self.settings = settings
        self.config.write_text(yaml_text(settings))

    def write_routes(self, routes: Mapping[str, str], default: str = "old") -> None:
        self.routes_file.write_text(yaml_text({"default": default}) + "domains:\n"
                                    + "".join(f"  {domain}: {phase}\n" for domain, phase in routes.items()))

    def edit_route(self, domain: str, phase: str) -> None:
        """Changes one word in routes.yaml, as an operator's editor would."""
        lines = self.routes_file.read_text().splitlines(keepends=True)
        changed = [f"  {domain}: {phase}\n" if line.strip().startswith(domain + ":") else line for line in lines]
        assert changed != lines, f"{domain} is {phase} already, or not in {self.routes_file}"
        self.routes_file.write_text("".join(changed))

    def write_accounts(self, accounts: Iterable[Account]) -> None:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(["login", "domain", "old_login", "new_login", "senders", "pin"])
        for account in accounts:
            rows.writerow([account.login, "", "", "", " ".join(account.senders), account.pin])
        self.accounts_file.write_text(text.getvalue())

    # Life

    def start(self, before_exec: Optional[Callable[[], None]] = None) -> "Stellwerk":
        if not self.binary.exists():
            raise RuntimeError(f"{self.binary} is missing: build first, or set STELLWERK_BINARY")
        self._process = Process([self.binary, "serve", "-c", self.config], self.folder / "proxy.log",
                                before_exec=before_exec)
        self._process.wait_until(self._is_up, "every listener and the control socket answering")
        return self

    def _is_up(self) -> bool:
        return (all(answers("127.0.0.1", port) for port in self.ports.values())
                and self.run("status", "--json").returncode == 0)

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running()

    def signal(self, number: int) -> None:
        assert self._process, "not started"
        self._process.signal(number)

    def wait_for_end(self, seconds: float = 20) -> int:
        assert self._process, "not started"
        return self._process.wait_for_end(seconds)

    def stop(self) -> None:
        """Ends it politely; anything but exit code 0 (a sanitizer's report, say) is a failure."""
        if not self._process:
            return
        if self._process.is_running():
            self._process.signal(signal.SIGTERM)
            try:
                self._process.wait_for_end(30)
            except AssertionError:
                self._process.stop(0)
                raise
        code = self._process.exit_code()
        assert code == 0, f"stellwerk ended with {code}:\n{self.log()[-6000:]}"

    def kill(self) -> None:
        """Ends it at once; for tests that are not about its end. No exit code tells of a sanitizer's
        report then, so its words do."""
        if self._process:
            self._process.signal(signal.SIGKILL)
            self._process.stop(0)
            self._process = None
            reports = [line for line in self.log().splitlines() if "Sanitizer: " in line or "runtime error: " in line]
            assert not reports, self.log()[-6000:]

    def log(self) -> str:
        path = self.folder / "proxy.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # Commands

    def run(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess:
        """One CLI command with this configuration; its output as text."""
        return subprocess.run([self.binary, *words, "-c", self.config], capture_output=True, text=True,
                              timeout=timeout)

    def ask(self, *words: str) -> dict:
        """The object that a successful command prints with --json."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def status(self, *domain: str) -> dict:
        return self.ask("status", *domain)

    def reload(self, *options: str) -> dict:
        return self.ask("reload", *options)

    def flip(self, domain: str, phase: str) -> dict:
        """Edits the route and reloads; returns what reload said."""
        self.edit_route(domain, phase)
        return self.reload()

    def domain(self, name: str) -> dict:
        return next(entry for entry in self.status()["domains"] if entry["domain"] == name)

    # Measures

    def allocated_kib(self) -> int:
        """Memory that is this process's alone, in KiB; a share of files that others map too would change with
        theirs."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Anonymous:"):
                return int(line.split()[1])
        raise RuntimeError("no Anonymous in smaps_rollup")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connect(port: int, timeout: float = 20) -> socket.socket:
    """A bare connection to a listener."""
    connection = socket.create_connection(("127.0.0.1", port), timeout)
    with contextlib.suppress(OSError):  # reset already: the first read will tell
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection

"""Container images built and run by buildah, without a daemon, in a store that is gone with its folder."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterable

from .private_host import PrivateHost
from .process import Process

BASE = "docker.io/library/debian:12"
# Ended as one: apt runs dpkg in a session of its own, which the end of its process group doesn't reach.
_TOGETHER = ["unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"]


class Unavailable(Exception):
    """What building needs is not here: no fault of what is built."""


class Builder:
    """Everything it makes is in a folder of its own; only the image BASE is taken from the machine's store.

    `seconds` are for all pulling and building together; Unavailable after that. Use as a context manager.
    """

    def __init__(self, seconds: float):
        if os.geteuid() != 0 or not shutil.which("buildah"):
            raise Unavailable("needs root and buildah")
        self._until = time.monotonic() + seconds
        machine = json.loads(run(["buildah", "info"], 60, check=True).stdout)["store"]
        driver = machine["GraphDriverName"]
        self._folder = Path(tempfile.mkdtemp(prefix="stellwerk-", dir="/tmp"))
        self._store = ["--root", f"{self._folder}/store", "--runroot", f"{self._folder}/run",
                       "--storage-driver", driver, "--storage-opt", f"{driver}.imagestore={machine['GraphRoot']}"]

    def __enter__(self) -> "Builder":
        return self

    def __exit__(self, *_) -> None:
        self.run("rm", "--all")
        shutil.rmtree(self._folder)

    def take_base(self) -> None:
        """Pulls it if the machine has none."""
        if self.run("inspect", "--type", "image", BASE, check=False).returncode == 0:
            return
        pulled = self.run("pull", BASE, seconds=self._left(), check=False)
        if pulled.returncode != 0:
            raise Unavailable(f"no image {BASE} here (docker/README.md makes one): {pulled.stderr[-300:]}")

    def build(self, tag: str, context: Path, *options) -> str:
        """Returns the tag."""
        words = self.command("bud", "--isolation", "chroot", "--format", "docker", "--pull-never",
                             "-t", tag, *options, context)
        done = run([*_TOGETHER, *words], self._left(), check=False)
        unreached = re.search(r"^Err:\d+ .*\n.*", done.stdout, re.M)  # apt's, and only of a fetch
        if done.returncode != 0 and unreached:
            raise Unavailable(f"the package source can't be reached: {unreached[0]}")
        assert done.returncode == 0, f"{tag} is not built:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return tag

    def command(self, *words) -> list[str]:
        return ["buildah", *self._store, *map(str, words)]

    def run(self, *words, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess:
        return run(self.command(*words), seconds, check)

    def _left(self) -> float:
        return max(self._until - time.monotonic(), 0)


class Container:
    """Of `image`, inside `host`, named there `name`; `options` are those of `buildah run`."""

    def __init__(self, builder: Builder, image: str, name: str, host: PrivateHost, log: Path,
                 options: Iterable[str] = ()):
        self._builder = builder
        self._host = host
        self._log = log
        self._name = name
        self._settings = json.loads(builder.run("inspect", "--type", "image", image).stdout)["Docker"]["config"]
        self._id = builder.run("from", "--pull-never", "--name", name, image).stdout.strip()
        for own in self._settings.get("Volumes") or ():  # buildah may mount it over ours
            builder.run("config", "--volume", own + "-", self._id)
        self._options = ["--isolation", "chroot", "--no-hosts", *options]

    def start(self) -> Process:
        """Runs what the image says; returns once its HEALTHCHECK says yes."""
        words = [*self._settings["Entrypoint"], *(self._settings.get("Cmd") or [])]
        process = Process(self._inside(words), self._log)
        try:
            process.wait_until(self.is_healthy, f"{self._name} to be healthy", 60)
        except BaseException:
            process.stop(0)
            raise
        return process

    def run(self, *words, check: bool = True) -> subprocess.CompletedProcess:
        return run(self._inside(words), 120, check)

    def is_healthy(self) -> bool:
        kind, *words = self._settings["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.run(*words, check=False).returncode == 0

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _inside(self, words: Iterable[str]) -> list[str]:
        return self._host.command(self._builder.command("run", *self._options, self._id, "--", *words))


def run(command: list[str], seconds: float, check: bool) -> subprocess.CompletedProcess:
    """To its end; Unavailable, with its process group killed, if that takes longer."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, errors="replace", start_new_session=True)
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"not done in time, {seconds:.0f} s for: {' '.join(command)}") from None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    assert child.returncode == 0 or not check, f"{' '.join(command)}\n{out[-3000:]}{err[-3000:]}"
    return subprocess.CompletedProcess(command, child.returncode, out, err)

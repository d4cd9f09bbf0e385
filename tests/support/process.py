"""One child process: its log in a file, its end certain."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from .waiting import wait_until

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Process:
    """Runs a program in a process group of its own until `stop`, with its output in `log`.

    Should this interpreter die first, the kernel sends the program SIGTERM.
    """

    def __init__(self, argv: Sequence[str], log: Path, env: Optional[Mapping[str, str]] = None,
                 before_exec: Optional[Callable[[], None]] = None, cwd: Optional[Path] = None):
        self.log = log
        self.name = Path(argv[0]).name
        self._signalled = False

        def prepare() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if before_exec:
                before_exec()

        with open(log, "ab") as output:
            self._child = subprocess.Popen(
                [str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=prepare, cwd=cwd,
                env={**os.environ, **(env or {})})

    @property
    def pid(self) -> int:
        return self._child.pid

    def exit_code(self) -> Optional[int]:
        """None while it runs; negative after a signal."""
        return self._child.poll()

    def is_running(self) -> bool:
        return self.exit_code() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def signal(self, number: int) -> None:
        if self.is_running():
            os.kill(self.pid, number)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
        """As `waiting.wait_until`, but fails at once, with the log, when the program has ended."""

        def asked() -> bool:
            if condition():
                return True
            if not self.is_running():
                raise AssertionError(
                    f"{self.name} ended with {self.exit_code()} before {what}:\n{self.output()[-4000:]}")
            return False

        wait_until(asked, lambda: f"{what}; the end of {self.log}:\n{self.output()[-4000:]}", seconds)

    def wait_for_end(self, seconds: float = 20) -> int:
        """The exit code, once it has ended by itself or by a signal sent before."""
        wait_until(lambda: not self.is_running(), f"the end of {self.name}", seconds)
        return self._child.returncode

    def stop(self, seconds: float = 10) -> int:
        """SIGTERM, then after `seconds` SIGKILL to it and to what it left behind in its group."""
        self.signal(signal.SIGTERM)
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        return self.kill()

    def kill(self) -> int:
        """SIGKILL at once to it and to its whole group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        return self._child.wait()

"""Starts and stops programs by pid, and reads what their process trees cost from /proc."""

import contextlib
import os
import resource
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Invalid(Exception):
    """A measurement that must not become a figure."""


def raise_descriptor_limit(needed=8192):
    """Makes the soft limit of open files the hard one, and says what it is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = 1 << 20
    if hard < needed:
        raise Invalid(f"the limit of open files is {hard}, {needed} are needed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what, seconds=30):
    """Asks again and again; `holds` returns something true, or the deadline passes."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise Invalid(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.02)
    return answer


def _stat(pid):
    """The fields of /proc/PID/stat from the third on, or None when the process is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    return None


def tree(pid):
    """The process and all that descend from it, as a sorted list of pids."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        if fields := _stat(name):
            children.setdefault(int(fields[1]), []).append(int(name))
    found, ahead = [], [pid]
    while ahead:
        one = ahead.pop()
        found.append(one)
        ahead += children.get(one, [])
    return sorted(found)


def cpu_seconds(pid):
    """User and system time of the tree: to the nanosecond of what lives, from /proc of children
    that were reaped."""
    total = 0
    for one in tree(pid):
        fields = _stat(one)
        if fields is None:
            continue  # a child that ended meanwhile; its parent has its time now or soon
        total += sum(int(field) for field in fields[13:15]) / TICKS
        with contextlib.suppress(OSError):
            total += time.clock_gettime((~one << 3) | 2)  # clock_getcpuclockid(3)
    return total


def pss_kib(pid):
    total = 0
    for one in tree(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), \
                open(f"/proc/{one}/smaps_rollup") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total


class Program:
    """A program of ours to measure or to measure with. Leaving the `with` ends it and its children."""

    def __init__(self, command, folder, name, **popen):
        self.name = name
        self.log = folder / f"{name}.log"
        self._file = self.log.open("ab")
        popen = {"stdin": subprocess.DEVNULL, "stdout": self._file} | popen
        self.process = subprocess.Popen(command, cwd=folder, stderr=self._file,
                                        start_new_session=True, **popen)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def check_alive(self):
        if (code := self.process.poll()) is not None:
            last = self.log.read_text(errors="replace")[-2000:]
            raise Invalid(f"{self.name} has ended with {code}; the end of its log:\n{last}")

    def stop(self):
        pids = tree(self.pid) if self.process.poll() is None else []
        if pids:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            for pid in pids:
                fields = _stat(pid)
                if fields and int(fields[3]) == self.pid:  # of the session that we began
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, 9)
            self.process.wait(10)
        self._file.close()

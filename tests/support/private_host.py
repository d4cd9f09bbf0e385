"""A host of its own inside this one: no network but its loopback, and no process outlives it."""

import contextlib
import ctypes
import os
import subprocess
import sys
from typing import Iterator, Sequence

from .waiting import wait_until

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_HOLDER = """
import fcntl, signal, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
    for number, address in enumerate(sys.argv[1:]):  # SIOCSIFADDR; Postfix wants to see its own
        fcntl.ioctl(any_socket, 0x8916, struct.pack("16sHH4s8x", b"lo:%d" % number, socket.AF_INET, 0,
                                                    socket.inet_aton(address)))
# As in a container: every user binds low ports.
open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w").write("0")
print("up", flush=True)
signal.pause()
"""


class PrivateHost:
    """Namespaces for network, processes and mounts; needs root. Use as a context manager.

    `addresses`: of its loopback, besides 127.0.0.1.
    """

    def __init__(self, *addresses: str):
        self._addresses = addresses

    def __enter__(self) -> "PrivateHost":
        self._outer = subprocess.Popen(
            ["unshare", "--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child",
             sys.executable, "-c", _HOLDER, *self._addresses], stdout=subprocess.PIPE, text=True)
        if self._outer.stdout.readline() != "up\n":
            raise RuntimeError("namespaces cannot be made here")
        children = f"/proc/{self._outer.pid}/task/{self._outer.pid}/children"
        self._pid = int(wait_until(lambda: open(children).read().split(), "the holder of the namespaces")[0])
        return self

    def __exit__(self, *_) -> None:
        self._outer.kill()  # and with it, by --kill-child, all that runs inside
        self._outer.wait()

    def command(self, words: Sequence[str]) -> list[str]:
        """The same command, run inside."""
        return ["nsenter", f"--target={self._pid}", "--net", "--pid", "--mount", "--", *map(str, words)]

    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        """This thread's new sockets are inside."""
        ours = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        theirs = os.open(f"/proc/{self._pid}/ns/net", os.O_RDONLY)
        try:
            _enter(theirs)
            yield
        finally:
            _enter(ours)
            os.close(ours)
            os.close(theirs)


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")

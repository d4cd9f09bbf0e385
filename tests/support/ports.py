"""Free loopback ports."""

import fcntl
import os
import random
import socket

# Below the kernel's ephemeral range, so that no outgoing connection takes a port between our
# probe and the server's bind.
_RANGE = range(20000, 32000)
_handed_out: set[int] = set()
# Its octet number N is locked by the process that has handed out port N, for as long as it lives.
_RESERVATIONS = "/tmp/stellwerk-ports.lock"
_reservations: dict[int, int] = {}  # by process, since a lock is not its children's


def free_port() -> int:
    """A port that was free on every loopback address a moment ago, never handed out twice, nor to two
    suites that run at once."""
    for port in random.SystemRandom().sample(_RANGE, len(_RANGE)):
        if port not in _handed_out and _is_free(port) and _is_ours(port):
            _handed_out.add(port)
            return port
    raise RuntimeError("no free port left between 20000 and 31999")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def _is_ours(port: int) -> bool:
    if os.getpid() not in _reservations:
        former = os.umask(0)
        _reservations[os.getpid()] = os.open(_RESERVATIONS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        os.umask(former)
    try:
        fcntl.lockf(_reservations[os.getpid()], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True

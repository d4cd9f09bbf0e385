"""Free loopback ports."""

import random
import socket

# Below the kernel's ephemeral range, so that no outgoing connection takes a port between our
# probe and the server's bind.
_RANGE = range(20000, 32000)
_handed_out: set[int] = set()


def free_port() -> int:
    """A port that was free on every loopback address a moment ago, never handed out twice."""
    for port in random.SystemRandom().sample(_RANGE, len(_RANGE)):
        if port not in _handed_out and _is_free(port):
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

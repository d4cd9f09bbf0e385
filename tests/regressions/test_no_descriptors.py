"""Without descriptors the control socket waits its turn instead of spinning."""

import contextlib
import os
import resource
import socket
import time

from support.proxy_settings import clear_backend
from support.sanitizer import needs_descriptors
from support.stellwerk import connect
from support.waiting import wait_until


@needs_descriptors
def test_a_control_connection_that_cannot_be_taken_costs_nothing(start_between):
    def few_descriptors():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    proxy = start_between(clear_backend(), clear_backend(), before_exec=few_descriptors)
    with contextlib.ExitStack() as held:
        for _ in range(64):
            held.enter_context(connect(proxy.ports["imap"]))
        wait_until(lambda: len(os.listdir(f"/proc/{proxy.pid}/fd")) >= 64, "the last descriptor to be taken")
        control = held.enter_context(socket.socket(socket.AF_UNIX))
        control.connect(str(proxy.folder / "state/control.sock"))
        began, spent = time.monotonic(), proxy.cpu_seconds()
        wait_until(lambda: time.monotonic() - began > 2, "two seconds to look at")
        assert proxy.cpu_seconds() - spent < 1
    assert proxy.status()

"""Waiting for a condition with a deadline; nothing in the tests sleeps and hopes."""

import socket
import time
from typing import Callable, TypeVar

T = TypeVar("T")


class NotInTime(AssertionError):
    """A condition did not come true before its deadline."""


def wait_until(condition: Callable[[], T], what: str, seconds: float = 15, every: float = 0.02) -> T:
    """Asks `condition` until it answers something true and returns that answer.

    `what` completes the sentence "waited 15 s for ..."; it may be a function, asked at the end.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise NotInTime(f"waited {seconds:g} s for {what() if callable(what) else what}")
        time.sleep(every)


def answers(address: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False

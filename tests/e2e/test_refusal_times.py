"""A thousand refusals of each kind, and nobody can tell by their times which is which.

Two-sample Kolmogorov-Smirnov, pairwise, p > 0.01. The three kinds come in random order over the same connections,
so that whatever else the machine does hits all alike.
"""

import asyncio
import bisect
import itertools
import math
import random
import time

from support.accounts import Account
from support.fake_imap import FakeImap
from support.proxy_settings import PROXY_NAME, clear_backend

TRIES = 1000
AT_ONCE = 120
KINDS = ("unknown login", "wrong case", "wrong password")


def attempt(kind: str, number: int) -> tuple[str, str]:
    return {"unknown login": (f"nobody{number}@example.org", "secret"),
            "wrong case": (f"USER{number}@example.org", "secret"),
            "wrong password": (f"user{number}@example.org", "guess")}[kind]


def same_source_p(one: list[float], other: list[float]) -> float:
    """How likely two samples of one distribution lie so far apart (Kolmogorov's limit, Stephens' correction)."""
    one, other = sorted(one), sorted(other)
    apart = max(abs(bisect.bisect_right(one, at) / len(one) - bisect.bisect_right(other, at) / len(other))
                for at in one + other)
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (root + 0.12 + 0.11 / root) * apart
    if scaled < 0.2:
        return 1.0
    return min(1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101)))


async def measure(proxy) -> tuple[dict[str, list[float]], set[str]]:
    took, words = {kind: [] for kind in KINDS}, set()
    room = asyncio.Semaphore(AT_ONCE)

    async def guess(number: int) -> None:
        """One connection from a network of its own: as many failures of each before it for all three."""
        async with room:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", proxy.ports["imaps"], ssl=proxy.clients.context, server_hostname=PROXY_NAME,
                local_addr=(f"127.{1 + number // 250}.{number % 250}.1", 0))
            await reader.readline()
            for kind in random.sample(KINDS, len(KINDS)):
                login, password = attempt(kind, number)
                began = time.monotonic()
                writer.write(f'a LOGIN "{login}" "{password}"\r\n'.encode())
                words.add((await asyncio.wait_for(reader.readline(), 60)).decode())
                took[kind].append(time.monotonic() - began)
            writer.close()

    await asyncio.gather(*(guess(number) for number in range(TRIES)))
    return took, words


def test_the_measure_sees_a_difference():
    chance = random.Random(1)
    here, there = ([3 + chance.random() * 0.3 for _ in range(TRIES)] for _ in range(2))
    assert same_source_p(here, there) > 0.01
    assert same_source_p(here, [at + 0.04 for at in there]) < 0.01


def test_no_time_tells_an_unknown_login_a_wrong_case_and_a_wrong_password_apart(start_between):
    with FakeImap() as fake:
        proxy = start_between(clear_backend(imap=fake.port), clear_backend(),
                              accounts=[Account(f"user{number}@example.org", "secret") for number in range(TRIES)],
                              settings={"limits": {"unauthenticated": "10m"}, "log": {"level": "info"}})
        for _ in range(2):  # By chance alone one of thirty runs has a p below 0.01, one of a thousand twice.
            took, words = asyncio.run(measure(proxy))
            assert words == {"a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"}
            assert [len(times) for times in took.values()] == [TRIES] * 3
            chances = {pair: same_source_p(*(took[kind] for kind in pair)) for pair in itertools.combinations(KINDS, 2)}
            print(chances)
            if min(chances.values()) > 0.01:
                return
    raise AssertionError(chances)

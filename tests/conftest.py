"""Fixtures of every folder: the pair of real servers and proxies that end with their test."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest

from support.authority import Authority
from support.mail_pair import MailPair
from support.proxy_clients import Clients
from support.proxy_settings import LISTENERS, PROXY_NAME, merged, real_backend, settings_for
from support.stellwerk import Stellwerk


@pytest.fixture(scope="module")
def pair():
    """Real servers `old` and `new`, shared by the tests of one file."""
    with MailPair() as running:
        yield running


@pytest.fixture
def start_proxy(pair):
    """Starts a proxy between the pair; stops it after the test and wants exit code 0.

    `imap`, `submission`, `smtp`: the `tls` of the backend legs, (old, new). `settings` is laid over
    the usual stellwerk.yaml, `listeners` (by name) over its listeners; `more_listeners` are further
    ones.
    """
    started = []

    def start(routes=None, settings={}, accounts=None, imap=("starttls", "implicit"),
              submission=("starttls", "implicit"), smtp=("none", "starttls"), default="old",
              before_exec=None, listeners={}, more_listeners={}):
        certificate = pair.authority.issue(PROXY_NAME, "localhost", "127.0.0.1")
        old = real_backend(pair.old, pair.authority, imap[0], submission[0], smtp[0])
        new = real_backend(pair.new, pair.authority, imap[1], submission[1], smtp[1])
        base, ports = settings_for(certificate, old, new, listeners={**LISTENERS, **more_listeners})
        for name, keys in listeners.items():
            next(one for one in base["listeners"] if one["address"].endswith(f":{ports[name]}")).update(keys)
        if routes is None:
            routes = {"example.org": "old", "example.net": "old", "example.com": "new"}
        proxy = Stellwerk(pair.folder / f"proxy-{len(list(pair.folder.glob('proxy-*')))}",
                          merged(base, settings), ports, routes,
                          pair.accounts if accounts is None else accounts, default)
        proxy.clients = Clients(proxy, pair.authority)
        started.append(proxy)
        return proxy.start(before_exec)

    yield start
    _stop_all(started)


@pytest.fixture
def proxy(start_proxy):
    """example.org and example.net on old, example.com on new."""
    return start_proxy()


@pytest.fixture
def folder():
    """A short path of its own (sockets have at most 107 characters), gone after the test."""
    path = Path(tempfile.mkdtemp(prefix="stellwerk-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start_between(folder):
    """Starts a proxy between two fake backends (dicts as in stellwerk.yaml); ends it after the test.

    Its listeners, with `more_listeners`, are on `address` and have the keys of `listener` too.
    """
    started = []
    authority = Authority(folder / "authority")

    def start(old, new, routes=None, settings={}, accounts=(), default="old", before_exec=None,
              address="127.0.0.1", listener={}, more_listeners={}):
        base, ports = settings_for(authority.issue(PROXY_NAME, "localhost"), old, new, address, listener,
                                   {**LISTENERS, **more_listeners})
        policy = {} if accounts else {"accounts": None, "policy": {"login_case": "off"}}
        proxy = Stellwerk(folder / f"proxy-{len(started)}", merged(merged(base, policy), settings), ports,
                          routes or {"example.org": "old", "example.com": "new"}, accounts, default)
        proxy.clients = Clients(proxy, authority)
        started.append(proxy)
        return proxy.start(before_exec)

    yield start
    _stop_all(started)


def _stop_all(proxies):
    """Stops each, even when one before it ended badly."""
    with contextlib.ExitStack() as stack:
        for proxy in proxies:
            stack.callback(proxy.stop)

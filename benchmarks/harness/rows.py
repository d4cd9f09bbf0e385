"""The rows of the table: what each one asks of a proxy."""

from dataclasses import dataclass, replace

from .peers import PLAIN, TLS


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    how: str  # login, idle, transfer, noop or message
    service: str = "imap"
    security: str = "implicit"  # toward the client
    backend: str = PLAIN
    resume: bool = False
    mode: str = "login"  # of mail_load
    sessions: int = 0
    message_octets: int = 1
    workers: int = 1
    twice: bool = False  # also with two workers
    digits: int = 3
    bytes_only: bool = False  # one that passes bytes through does the same work

    @property
    def is_memory(self):
        return self.how == "idle"


@dataclass(frozen=True)
class Size:
    """How much is done for a figure."""
    logins: int = 1500
    concurrent: int = 16
    idle: tuple = (2000, 10000)
    transfer_sessions: int = 4
    transfer_octets: int = 300_000_000
    noop_sessions: tuple = (1, 50, 500)
    noops: int = 4000
    noop_rate: int = 2000
    small_messages: int = 800
    large_messages: int = 48


SMALL, LARGE = 78 * 128, 78 * 12_820  # 10 KB and 1 MB, in whole lines
BACKENDS = ((PLAIN, "plain"), (TLS, "TLS"))


def imap_rows(size):
    login = "CPU ms per IMAPS login session, "
    yield Row("login_full", login + "full handshake, plain backend", "login", twice=True)
    yield Row("login_resumed", login + "resumed, plain backend", "login", resume=True)
    yield Row("login_tls", login + "full handshake, TLS backend", "login", backend=TLS)
    for count, (backend, leg) in ((count, one) for count in size.idle for one in BACKENDS):
        yield Row(f"idle_{count}_{leg.lower()}",
                  f"KiB (PSS) per idle session at {count:,} sessions, {leg} backend", "idle",
                  mode="idle", backend=backend, sessions=count, digits=1, bytes_only=True)
    for mode, (backend, leg) in ((mode, one) for mode in ("fetch", "append") for one in BACKENDS):
        yield Row(f"{mode}_{leg.lower()}", f"CPU s per GB of {mode.upper()}, {leg} backend",
                  "transfer", mode=mode, backend=backend, message_octets=1_000_000,
                  twice=backend == PLAIN, bytes_only=True)
    for count in size.noop_sessions:
        yield Row(f"noop_{count}", f"CPU µs per NOOP, {count} session{'s' * (count > 1)}",
                  "noop", mode="noop", sessions=count, digits=1, twice=count == 500,
                  bytes_only=True)


def message_rows():
    services = (("smtp", "smtp", "none", "deliver", "smtp, no TLS from the client"),
                ("smtp_starttls", "smtp", "starttls", "deliver", "smtp, STARTTLS"),
                ("submission", "submission", "implicit", "submit", "submission"))
    for key, service, security, mode, words in services:
        for octets, short, long in ((SMALL, "10k", "10 KB"), (LARGE, "1m", "1 MB")):
            yield Row(f"{key}_{short}", f"CPU ms per {long} message, {words}", "message",
                      service=service, security=security, mode=mode, message_octets=octets,
                      twice=octets == SMALL)


def all_rows(size, workers):
    """Every row, and those that are also asked of more than one worker again."""
    once = [*imap_rows(size), *message_rows()]
    more = [replace(row, key=f"{row.key}_{count}w", title=f"{row.title}, {count} workers",
                    workers=count)
            for count in workers if count != 1 for row in once if row.twice]
    return [row for row in once if 1 in workers] + more

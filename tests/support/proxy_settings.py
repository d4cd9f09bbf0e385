"""stellwerk.yaml for tests: five listeners on free ports, two backends, short budgets."""

from pathlib import Path
from typing import Mapping

from .authority import Authority, Certificate
from .mail_server import MailServer
from .ports import free_port

PROXY_NAME = "mail.old.example"  # the name clients always had

LISTENERS = {  # our word: protocol, tls
    "imaps": ("imap", "implicit"),
    "imap": ("imap", "starttls"),
    "submissions": ("submission", "implicit"),
    "submission": ("submission", "starttls"),
    "smtp": ("smtp", "starttls"),
}
ACCESS_LISTENERS = {  # for the tests that are about them
    "pop3s": ("pop3", "implicit"),
    "pop3": ("pop3", "starttls"),
    "sieve": ("sieve", "starttls"),
}


def real_backend(server: MailServer, authority: Authority, imap: str, submission: str, smtp: str) -> dict:
    """Each argument is the `tls` of that leg, that of `imap` is pop3's too, and sieve's (STARTTLS for
    implicit); the certificate is verified in full."""
    dovecot, postfix = server.dovecot, server.postfix

    def leg(tls: str, clear_port: int, tls_port: int) -> dict:
        port = tls_port if tls == "implicit" else clear_port
        trusted = {} if tls == "none" else {"verify": "full", "ca": str(authority.ca)}
        return {"address": f"{server.address}:{port}", "tls": tls, **trusted}

    return {"imap": leg(imap, dovecot.imap_port, dovecot.imaps_port),
            "pop3": leg(imap, dovecot.pop3_port, dovecot.pop3s_port),
            "sieve": leg("none" if imap == "none" else "starttls", dovecot.sieve_port, 0),
            "submission": leg(submission, postfix.submission_port, postfix.submissions_port),
            "smtp": leg(smtp, postfix.smtp_port, 0)}


def clear_backend(imap: int = 1, submission: int = 1, smtp: int = 1) -> dict:
    """Fake backends without TLS on 127.0.0.1; port 1 is one where nobody listens."""
    return {name: {"address": f"127.0.0.1:{port}", "tls": "none"}
            for name, port in (("imap", imap), ("submission", submission), ("smtp", smtp))}


def settings_for(certificate: Certificate, old: dict, new: dict, address: str = "127.0.0.1",
                 listener: Mapping = {}, listeners: Mapping[str, tuple] = LISTENERS) -> tuple[dict, dict[str, int]]:
    """The file's content and the listeners' ports by name; `listener` holds further keys of each listener,
    each of which is protocol, tls and maybe a notice."""
    ports = {name: free_port() for name in listeners}
    settings = {
        "hostname": PROXY_NAME,
        "state_dir": "state",
        "control": "state/control.sock",
        "workers": 2,
        "log": {"level": "debug", "format": "text"},
        "admin": {"listen": f"127.0.0.1:{free_port()}"},
        "certificates": [{"chain": str(certificate.chain), "key": str(certificate.key)}],
        "listeners": [{"protocol": protocol, "address": f"{address}:{ports[name]}", "tls": tls,
                       **({"notice": notice[0]} if notice else {}), **listener}
                      for name, (protocol, tls, *notice) in listeners.items()],
        "backends": {"old": old, "new": new},
        "routes": "routes.yaml",
        "accounts": {"csv": "accounts.csv"},
        "policy": {"login_case": "enforce", "sender_binding": {"envelope": "enforce", "header": "observe"}},
        "budgets": {"connect": "2s", "greeting": "3s", "drain": "3s"},
        "limits": {"connections_per_address": 5000},
    }
    return settings, ports


def merged(base: Mapping, changes: Mapping) -> dict:
    """`base` with `changes` laid over it, dict by dict; None removes a key."""
    result = dict(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def default_binary() -> Path:
    return Path(__file__).resolve().parents[2] / "build" / "stellwerk"

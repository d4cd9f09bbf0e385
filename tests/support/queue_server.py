"""A real Postfix as the backend `queue`: keeps what it is given and delivers it through the proxy."""

from pathlib import Path

from .authority import Authority
from .postfix import Postfix


class QueueServer:
    """Takes mail from loopback for any recipient, once started. Use as a context manager."""

    def __init__(self, folder: Path, authority: Authority):
        self._route = {"mynetworks": "127.0.0.0/8", "smtp_tls_security_level": "encrypt",
                       "smtpd_relay_restrictions": "permit_mynetworks, reject"}
        self.postfix = Postfix(
            folder, "queue", "127.0.0.1", authority.issue("queue.example", "127.0.0.1"), accounts=[],
            lmtp_socket=folder / "none", auth_socket=folder / "none", sink_port=0, settings=self._route)

    def __enter__(self) -> "QueueServer":
        return self

    def __exit__(self, *_) -> None:
        self.postfix.stop()

    def start(self, relay_port: int) -> None:
        """`relay_port`: the proxy's smtp listener."""
        self._route["relayhost"] = f"[127.0.0.1]:{relay_port}"
        self.postfix.start()

    @property
    def settings(self) -> dict:
        """For `backends` in stellwerk.yaml, before the start too."""
        return {"queue": {"smtp": {"address": f"127.0.0.1:{self.postfix.smtp_port}", "tls": "none"}}}

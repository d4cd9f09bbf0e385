"""Programs that do one thing per call."""

from .base import HOST, Client


class Curl(Client):
    package = "curl"

    def _curl(self, scheme: str, protocol: str, path: str, *options) -> bytes:
        account = self.task.account
        return self.task.run("curl", "-sS", "--ssl-reqd", "--cacert", self.task.ca,
                             "--user", f"{account.login}:{account.password}", *options,
                             f"{scheme}{'s' if self.task.implicit else ''}://{HOST}:{self.task.port(protocol)}/{path}")

    def list_folders(self) -> bytes:
        return self._curl("imap", "imap", "")

    def fetch(self, token: str) -> bytes:
        found = self._curl("imap", "imap", "INBOX", "-X", f"SEARCH SUBJECT {token}").split()
        return self._curl("imap", "imap", f"INBOX;MAILINDEX={found[-1].decode()}")

    def append(self, message: bytes) -> None:
        self._curl("imap", "imap", "INBOX", "-T", self._file(message))

    def send(self, message: bytes) -> None:
        login = self.task.account.login
        self._curl("smtp", "submission", "client.example", "--mail-from", login, "--mail-rcpt", login,
                   "-T", self._file(message))

    def _file(self, message: bytes):
        path = self.task.folder / "message"
        path.write_bytes(message)
        return path


class Msmtp(Client):
    package = "msmtp"

    def send(self, message: bytes) -> None:
        account = self.task.account
        settings = self.task.write("msmtprc", f"""
defaults
host {HOST}
port {self.task.port("submission")}
tls on
tls_starttls {"off" if self.task.implicit else "on"}
tls_trust_file {self.task.ca}
auth on
user {account.login}
password "{account.password}"
from {account.login}
account default
""")
        self.task.run("msmtp", "-C", settings, account.login, stdin=message)


class Swaks(Client):
    package = "swaks"

    def send(self, message: bytes) -> None:
        account = self.task.account
        self.task.run("swaks", "--server", HOST, "--port", self.task.port("submission"),
                      "--tls-on-connect" if self.task.implicit else "--tls", "--tls-verify",
                      "--tls-ca-path", self.task.ca, "--helo", "client.example", "--auth", "LOGIN",
                      "--auth-user", account.login, "--auth-password", account.password,
                      "--from", account.login, "--to", account.login, "--data", "-", stdin=message)

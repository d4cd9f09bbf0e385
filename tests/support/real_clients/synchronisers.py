"""Programs that keep a local copy of a mailbox: one run lists, fetches and appends."""

from pathlib import Path

from .base import HOST, Client

_AT_MOST_TLS_1_2 = """openssl_conf = libraries
[libraries]
ssl_conf = contexts
[contexts]
system_default = bounds
[bounds]
MaxProtocol = TLSv1.2
"""


class Synchroniser(Client):
    """The copy is a Maildir; a message put there is appended by the next run."""

    def synchronise(self) -> Path:
        """Runs the program; returns the folder whose subfolders are the mailboxes."""
        raise NotImplementedError

    def list_folders(self) -> bytes:
        return "\n".join(path.name for path in self.synchronise().rglob("*")).encode()

    def fetch(self, token: str) -> bytes:
        found = [path.read_bytes() for path in self.synchronise().rglob("*") if path.is_file()]
        return next(message for message in found if token.encode() in message)

    def append(self, message: bytes) -> None:
        inbox = self.synchronise() / "INBOX"
        (inbox / "new" / "1700000000.M1P1.client").write_bytes(message.replace(b"\r\n", b"\n"))
        self.synchronise()


class Mbsync(Synchroniser):
    package = "isync"

    def synchronise(self) -> Path:
        account, mail = self.task.account, self.task.folder / "mail"
        mail.mkdir(exist_ok=True)
        settings = self.task.write("mbsyncrc", f"""
IMAPAccount far
Host {HOST}
Port {self.task.port("imap")}
User {account.login}
Pass "{account.password}"
SSLType {"IMAPS" if self.task.implicit else "STARTTLS"}
CertificateFile {self.task.ca}

IMAPStore far
Account far

MaildirStore near
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull New Push
SyncState *
""")
        self.task.run("mbsync", "-c", settings, "all")
        return mail


class OfflineImap(Synchroniser):
    """Behind STARTTLS at most TLS 1.2 is spoken: imaplib2 reads and writes one OpenSSL object from two
    threads, and the tickets of TLS 1.3 wake the reader while the first command is written; then it hangs
    for good, or ends with an internal error of OpenSSL, with Dovecot alone too (docker/RUNBOOK.md). It
    passes no `ssl_version` on to STARTTLS, so OpenSSL's own file says it."""

    package = "offlineimap3"

    def synchronise(self) -> Path:
        account, mail = self.task.account, self.task.folder / "mail"
        settings = self.task.write("offlineimaprc", f"""
[general]
accounts = one
metadata = {self.task.folder}/metadata
ui = basic
[Account one]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {mail}
[Repository far]
type = IMAP
remotehost = {HOST}
remoteport = {self.task.port("imap")}
remoteuser = {account.login}
remotepass = {account.password}
ssl = {"yes" if self.task.implicit else "no"}
starttls = {"no" if self.task.implicit else "yes"}
sslcacertfile = {self.task.ca}
""")
        bound = {} if self.task.implicit else {"OPENSSL_CONF": str(self.task.write("openssl.cnf", _AT_MOST_TLS_1_2))}
        self.task.run("offlineimap", "-o", "-c", settings, environment=bound)
        return mail

"""Programs that keep a local copy of a mailbox: one run lists, fetches and appends."""

from pathlib import Path

from .base import HOST, Client


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
        self.task.run("offlineimap", "-o", "-c", settings)
        return mail

"""Programs that people read mail with on a terminal."""

import email
import os
import pty
import select
import subprocess
import time

from .base import HOST, Client


class Neomutt(Client):
    package = "neomutt"

    def _settings(self) -> str:
        task, account = self.task, self.task.account
        imap = "imaps" if task.implicit else "imap"
        smtp = "smtps" if task.implicit else "smtp"
        user = account.login.replace("@", "%40")
        return f"""
set ssl_force_tls=yes ssl_starttls=yes ssl_ca_certificates_file="{task.ca}"
set imap_user="{account.login}" imap_pass="{account.password}"
set folder="{imap}://{user}@{HOST}:{task.port("imap")}/" spoolfile="+INBOX"
set smtp_url="{smtp}://{user}@{HOST}:{task.port("submission")}" smtp_pass="{account.password}"
set from="{account.login}" use_from=yes record="" copy=no
set header_cache="" message_cachedir="" tmpdir="{task.folder}"
set wait_key=no confirmappend=no confirmcreate=no mbox_type=mbox quit=yes move=no mark_old=no
"""

    def send(self, message: bytes) -> None:
        parsed = email.message_from_bytes(message)
        self.task.run("neomutt", "-n", "-F", self.task.write("neomuttrc", self._settings()), "-s", parsed["Subject"],
                      "--", self.task.account.login, stdin=parsed.get_payload(decode=True).replace(b"\r\n", b"\n"),
                      environment={"TERM": "xterm"})

    def fetch(self, token: str) -> bytes:
        saved = self.task.folder / "saved"
        keys = f"<limit>~s {token}<enter><copy-message><kill-line>{saved}<enter><exit>"
        self._on_terminal("-f", "+INBOX", "-e", f"push '{keys}'")
        return saved.read_bytes()

    def append(self, message: bytes) -> None:
        near = self.task.folder / "near"
        near.write_bytes(b"From tester Mon Jan  1 00:00:00 2024\n" + message.replace(b"\r\n", b"\n") + b"\n")
        self._on_terminal("-f", near, "-e", "push '<copy-message><kill-line>+INBOX<enter><exit>'")

    def senders_matching(self, pattern: str) -> bytes:
        """The messages of INBOX whose From, as shown, matches."""
        saved = self.task.folder / f"from-{pattern}"
        keys = (f"<tag-pattern>~f {pattern}<enter><tag-prefix-cond><copy-message><kill-line>{saved}<enter><end-cond><exit>")
        self._on_terminal("-f", "+INBOX", "-e", f"push '{keys}'")
        return saved.read_bytes() if saved.exists() else b""

    def _on_terminal(self, *words) -> None:
        """Runs it on a terminal of its own until it ends."""
        settings = self.task.write("neomuttrc", self._settings())
        master, slave = pty.openpty()
        program = subprocess.Popen(["neomutt", "-n", "-F", settings, *words], stdin=slave, stdout=slave, stderr=slave,
                                   cwd=self.task.folder, start_new_session=True,
                                   env={"HOME": str(self.task.folder), "PATH": "/usr/bin:/bin", "TERM": "xterm",
                                        "LC_ALL": "C.UTF-8", "LINES": "40", "COLUMNS": "120"})
        os.close(slave)
        shown, until = b"", time.monotonic() + self.task.patience
        try:
            while program.poll() is None and time.monotonic() < until:
                if select.select([master], [], [], 0.2)[0]:
                    try:
                        shown += os.read(master, 65536)
                    except OSError:  # the terminal's other end is closed
                        break
            assert program.wait(10) == 0, shown.decode(errors="replace")[-4000:]
        finally:
            program.kill()
            program.wait()
            os.close(master)


class Snail(Client):
    package = "s-nail"

    def _snail(self, *words, commands: bytes) -> bytes:
        starttls = () if self.task.implicit else ("-S", "imap-use-starttls", "-S", "smtp-use-starttls")
        return self.task.run("s-nail", "-n", "-S", "v15-compat", "-S", f"tls-ca-file={self.task.ca}",
                             "-S", "tls-ca-no-defaults", "-S", "tls-verify=strict", *starttls, *words, stdin=commands)

    def _mailbox(self) -> str:
        return self.task.url("imaps" if self.task.implicit else "imap", "imap") + "/INBOX"

    def list_folders(self) -> bytes:
        return self._snail("-R", "-f", self._mailbox(), commands=b"folders @\nexit\n")

    def fetch(self, token: str) -> bytes:
        saved = self.task.folder / "saved"
        self._snail("-R", "-f", self._mailbox(), commands=f"copy /{token} {saved}\nexit\n".encode())
        return saved.read_bytes()

    def append(self, message: bytes) -> None:
        near = self.task.folder / "near"
        near.write_bytes(b"From tester Mon Jan  1 00:00:00 2024\n" + message.replace(b"\r\n", b"\n") + b"\n")
        self._snail("-R", "-f", near, commands=f"copy 1 {self._mailbox()}\nexit\n".encode())

    def send(self, message: bytes) -> None:
        login = self.task.account.login
        mta = self.task.url("smtps" if self.task.implicit else "submission", "submission")
        self._snail("-S", f"mta={mta}", "-S", f"from={login}", "-S", "sendwait", "-t",
                    commands=message.replace(b"\r\n", b"\n"))

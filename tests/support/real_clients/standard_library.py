"""The clients that come with Python."""

import imaplib
import poplib
import smtplib
import ssl

from .base import HOST, Client


class Python(Client):
    package = "python3"

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.task.ca)


class Imaplib(Python):
    def _open(self) -> imaplib.IMAP4:
        port, account = self.task.port("imap"), self.task.account
        if self.task.implicit:
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(HOST, port, ssl_context=self.context(), timeout=self.task.patience)
        else:
            client = imaplib.IMAP4(HOST, port, timeout=self.task.patience)
            client.starttls(self.context())
        client.login(account.login, account.password)
        return client

    def list_folders(self) -> bytes:
        with self._open() as client:
            return b"\n".join(client.list()[1])

    def fetch(self, token: str) -> bytes:
        with self._open() as client:
            client.select("INBOX", readonly=True)
            number = client.search(None, "SUBJECT", token)[1][0].split()[-1]
            return client.fetch(number, "(BODY.PEEK[])")[1][0][1]

    def append(self, message: bytes) -> None:
        with self._open() as client:
            status, said = client.append("INBOX", None, None, message)
            assert status == "OK", said


class Poplib(Python):
    def _open(self) -> poplib.POP3:
        port, account = self.task.port("pop3"), self.task.account
        if self.task.implicit:
            client: poplib.POP3 = poplib.POP3_SSL(HOST, port, context=self.context(), timeout=self.task.patience)
        else:
            client = poplib.POP3(HOST, port, timeout=self.task.patience)
            client.stls(self.context())
        client.user(account.login)
        client.pass_(account.password)
        return client

    def fetch(self, token: str) -> bytes:
        client = self._open()
        messages = [b"\r\n".join(client.retr(number + 1)[1]) for number in range(len(client.list()[1]))]
        client.quit()
        return next(message for message in messages if token.encode() in message)


class Smtplib(Python):
    def send(self, message: bytes) -> None:
        port, account = self.task.port("submission"), self.task.account
        if self.task.implicit:
            client: smtplib.SMTP = smtplib.SMTP_SSL(HOST, port, context=self.context(), timeout=self.task.patience)
        else:
            client = smtplib.SMTP(HOST, port, timeout=self.task.patience)
            client.starttls(context=self.context())
        with client:
            client.login(account.login, account.password)
            client.sendmail(account.login, [account.login], message)

"""Clients in Python that connect to 127.0.0.1 but ask (SNI) for, and check, a name of their choice."""

import imaplib
import poplib
import smtplib
import socket
import ssl
import uuid
from email.message import EmailMessage


class ImapOverTls(imaplib.IMAP4):
    """IMAP with TLS from the first byte. `name` is what SNI asks for; None asks for nothing."""

    def __init__(self, port: int, context: ssl.SSLContext, name: str | None, timeout: float = 20,
                 address: str = "127.0.0.1"):
        self._context = context
        self._name = name
        super().__init__(address, port, timeout)
        self._encoding = "utf-8"  # passwords are octets; imaplib would refuse any but ASCII

    def _create_socket(self, timeout):
        return self._context.wrap_socket(super()._create_socket(timeout), server_hostname=self._name)


class ImapWithStartTls(imaplib.IMAP4):
    """IMAP in clear; call `encrypt` before logging in."""

    def __init__(self, port: int, timeout: float = 20, address: str = "127.0.0.1"):
        super().__init__(address, port, timeout)
        self._encoding = "utf-8"

    def encrypt(self, context: ssl.SSLContext, name: str) -> "ImapWithStartTls":
        self.host = name
        self.starttls(context)
        return self


class SmtpOverTls(smtplib.SMTP_SSL):
    """SMTP with TLS from the first byte."""

    def __init__(self, port: int, context: ssl.SSLContext, name: str, timeout: float = 20,
                 address: str = "127.0.0.1"):
        self._address = (address, port)
        super().__init__(name, port, local_hostname="client.example", timeout=timeout, context=context)

    def _get_socket(self, host, port, timeout):
        return self.context.wrap_socket(socket.create_connection(self._address, timeout), server_hostname=host)


class SmtpWithStartTls(smtplib.SMTP):
    """SMTP in clear; `encrypt` greets, upgrades and greets again."""

    def __init__(self, port: int, timeout: float = 20, address: str = "127.0.0.1"):
        super().__init__(address, port, local_hostname="client.example", timeout=timeout)

    def encrypt(self, context: ssl.SSLContext, name: str) -> "SmtpWithStartTls":
        self._host = name
        self.ehlo()
        self.starttls(context=context)
        self.ehlo()
        return self


def new_message(sender: str, recipient: str, body: str = "Hello.\r\n", **header: str) -> EmailMessage:
    """A message with a Message-ID nobody else has."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = "A letter"
    message["Message-ID"] = f"<{uuid.uuid4().hex}@client.example>"
    for name, value in header.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def server_reached(client: imaplib.IMAP4) -> str:
    """`old` or `new`: each server gives every account a folder that names it."""
    status, lines = client.list('""', "this-is-*")
    assert status == "OK", lines
    names = {line.decode().rpartition("this-is-")[2].strip('"') for line in lines if line}
    assert len(names) == 1, f"folders of both servers at once: {lines}"
    return names.pop()


class PopOverTls(poplib.POP3):
    """POP3 with TLS from the first byte."""

    encoding = "utf-8"

    def __init__(self, port: int, context: ssl.SSLContext, name: str, timeout: float = 20):
        self._context = context
        self._name = name
        super().__init__("127.0.0.1", port, timeout)

    def _create_socket(self, timeout):
        return self._context.wrap_socket(super()._create_socket(timeout), server_hostname=self._name)


class PopWithStls(poplib.POP3):
    """POP3 in clear; call `encrypt` before logging in."""

    encoding = "utf-8"

    def __init__(self, port: int, timeout: float = 20):
        super().__init__("127.0.0.1", port, timeout)

    def encrypt(self, context: ssl.SSLContext, name: str) -> "PopWithStls":
        self.host = name
        self.stls(context)
        return self

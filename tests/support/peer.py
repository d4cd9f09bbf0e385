"""One end of a line-based connection, as a script reads and writes it."""

import socket
import ssl
import struct
from typing import Optional


class Gone(Exception):
    """The other end has closed or reset the connection."""


class Peer:
    """Wraps a connected socket. Lines are str in Latin-1, without their CRLF, so any byte survives."""

    def __init__(self, connection: socket.socket, timeout: float = 30):
        connection.settimeout(timeout)
        self.socket = connection
        self._buffer = b""
        self.heard: list[str] = []
        self.is_finished = False  # set when the script that plays this end has ended

    def say(self, *lines: str) -> None:
        self.say_raw("".join(line + "\r\n" for line in lines).encode("latin-1"))

    def say_raw(self, octets: bytes) -> None:
        try:
            self.socket.sendall(octets)
        except OSError as error:
            raise Gone(str(error)) from error

    def line(self) -> str:
        """The next line; raises Gone at the end."""
        while b"\n" not in self._buffer:
            self._fill()
        text, _, self._buffer = self._buffer.partition(b"\n")
        self.heard.append(text.rstrip(b"\r").decode("latin-1"))
        return self.heard[-1]

    def octets(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def until(self, mark: bytes) -> bytes:
        """Everything up to and with `mark`."""
        while mark not in self._buffer:
            self._fill()
        end = self._buffer.index(mark) + len(mark)
        taken, self._buffer = self._buffer[:end], self._buffer[end:]
        return taken

    def unread(self, octets: bytes) -> None:
        """Puts octets back, to be read next."""
        self._buffer = octets + self._buffer

    def rest(self) -> bytes:
        """Everything that still comes until the other end closes."""
        try:
            while True:
                self._fill()
        except Gone:
            taken, self._buffer = self._buffer, b""
            return taken

    def _fill(self) -> None:
        try:
            more = self.socket.recv(65536)
        except TimeoutError:
            raise  # an OSError too, but nobody has gone
        except OSError as error:
            raise Gone(str(error)) from error
        if not more:
            raise Gone("closed")
        self._buffer += more

    def hears_within(self, seconds: float) -> bool:
        """Is there anything to read before so much time has passed? The end raises Gone."""
        if self._buffer:
            return True
        timeout = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self._fill()
            return True
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(timeout)

    def start_tls_as_server(self, context: ssl.SSLContext) -> None:
        try:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Gone(str(error)) from error
        self._buffer = b""

    def start_tls(self, context: ssl.SSLContext, name: Optional[str]) -> "Peer":
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        self._buffer = b""
        return self

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

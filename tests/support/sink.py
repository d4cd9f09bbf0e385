"""An SMTP server that takes everything: the rest of the world behind a real server."""

import socket
import threading
from dataclasses import dataclass

from .ports import free_port


@dataclass(frozen=True)
class Delivered:
    reverse_path: str
    forward_paths: tuple[str, ...]
    content: bytes  # dots unstuffed, without the final dot's line


class Sink:
    """Listens on 127.0.0.1 from its making until `stop`; `delivered` grows as mail arrives."""

    def __init__(self) -> None:
        self.port = free_port()
        self.delivered: list[Delivered] = []
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=100)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            try:
                self._talk(stream)
            except (OSError, ValueError):
                pass  # the client went away

    def _talk(self, stream) -> None:
        def say(line: str) -> None:
            stream.write(line.encode() + b"\r\n")
            stream.flush()

        say("220 sink.example ESMTP")
        reverse_path, forward_paths = "", []
        while line := stream.readline():
            verb = line.decode("latin-1").strip().upper()
            if verb.startswith("EHLO"):
                say("250-sink.example")
                say("250-8BITMIME")
                say("250 SMTPUTF8")
            elif verb.startswith("MAIL FROM:"):
                reverse_path, forward_paths = _path(line), []
                say("250 2.1.0 ok")
            elif verb.startswith("RCPT TO:"):
                forward_paths.append(_path(line))
                say("250 2.1.5 ok")
            elif verb == "DATA":
                say("354 go ahead")
                content = b""
                while (text := stream.readline()) not in (b".\r\n", b""):
                    content += text[1:] if text.startswith(b".") else text
                self.delivered.append(Delivered(reverse_path, tuple(forward_paths), content))
                say("250 2.0.0 taken")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            else:
                say("250 ok")


def _path(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text[text.index("<") + 1:text.index(">")]

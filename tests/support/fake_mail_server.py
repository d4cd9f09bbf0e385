"""A listener whose every connection is played by a script: for what real servers won't do."""

import socket
import ssl
import threading
from typing import Callable, Optional

from .peer import Gone, Peer
from .ports import free_port


_PATIENCE = 900  # a server waits for its clients as long as a test may take; `stop` ends it


class FakeMailServer:
    """Runs `script(peer)` in a thread per connection until `stop`.

    A script ends by returning (the connection is closed) or when the other end goes away. What it
    raises beyond that is kept and raised by `stop`, so that a broken script fails its test.
    """

    def __init__(self, script: Callable[[Peer], None], tls: Optional[ssl.SSLContext] = None):
        self.port = free_port()
        self.peers: list[Peer] = []
        self._script = script
        self._tls = tls
        self._broken: list[BaseException] = []
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=4096)
        threading.stack_size(512 * 1024)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "FakeMailServer":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        for peer in self.peers:
            try:
                peer.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self._broken:
            raise AssertionError("a script failed") from self._broken[0]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            peer = Peer(connection, _PATIENCE)
            self.peers.append(peer)
            threading.Thread(target=self._play, args=(peer,), daemon=True).start()

    def _play(self, peer: Peer) -> None:
        try:
            if self._tls:
                peer.start_tls_as_server(self._tls)
            self._script(peer)
        except (Gone, TimeoutError):
            pass
        except BaseException as error:  # noqa: BLE001, told by stop
            self._broken.append(error)
        finally:
            peer.is_finished = True
            try:
                peer.close()
            except OSError:
                pass

"""A DNS server over UDP for a handful of names: A and MX."""

import ipaddress
import socket
import struct
import threading

A, MX = 1, 15


def _name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.rstrip(".").split(".") if label) + b"\0"


class FakeDns:
    """`records`: {(name, type): [text or (preference, host)]}; what it lacks does not exist. `ttl`: perhaps by type."""

    def __init__(self, records: dict, ttl: int | dict = 300):
        self.records, self.ttl = records, ttl
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(4096)
            if not question:
                return
            self._socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack("!H", question[at + 1:at + 3])[0]
        name = ".".join(labels).lower()
        found = self.records.get((name, kind), [])
        exists = any(known == name for known, _ in self.records)
        flags = 0x8180 | (0 if exists else 3)
        head = question[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0)
        body = question[12:at + 5]
        ttl = self.ttl.get(kind, 300) if isinstance(self.ttl, dict) else self.ttl
        for one in found:
            data = (ipaddress.ip_address(one).packed if kind == A else struct.pack("!H", one[0]) + _name(one[1]))
            body += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data
        return head + body

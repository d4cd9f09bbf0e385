"""A load balancer's first words: PROXY headers (v1, v2), and connections from an address of choice."""

import socket
import struct
from ipaddress import ip_address
from typing import Optional

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def proxy_v1(client: str, port: int = 40000, to: Optional[str] = None, to_port: int = 993) -> bytes:
    family = ip_address(client).version
    to = to or ("192.0.2.25" if family == 4 else "2001:db8::25")
    return f"PROXY TCP{family} {client} {to} {port} {to_port}\r\n".encode()


def proxy_v2(client: str, port: int = 40000, to: Optional[str] = None, to_port: int = 993,
             tlvs: bytes = b"") -> bytes:
    family = ip_address(client).version
    to = to or ("192.0.2.25" if family == 4 else "2001:db8::25")
    block = (ip_address(client).packed + ip_address(to).packed + struct.pack(">HH", port, to_port) + tlvs)
    return SIGNATURE + bytes([0x21, 0x11 if family == 4 else 0x21]) + struct.pack(">H", len(block)) + block


def proxy_v2_local() -> bytes:
    return SIGNATURE + b"\x20\x00\x00\x00"


def dial(port: int, header: bytes = b"", source: str = "", address: str = "127.0.0.1") -> socket.socket:
    """A connection from `source` to a listener, `header` said already."""
    connection = socket.create_connection((address, port), 20, (source, 0) if source else None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(header)
    return connection

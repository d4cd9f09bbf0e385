"""A real HAProxy that passes TCP on and says by a PROXY header who connected."""

from pathlib import Path
from typing import Mapping

from .ports import free_port
from .process import Process
from .waiting import answers


class HaProxy:
    """One frontend on `[::]` for each of `ports` (name: the port behind it on 127.0.0.1), connecting from `source`."""

    def __init__(self, folder: Path, ports: Mapping[str, int], source: str, how: str):
        self.ports = {name: free_port() for name in ports}
        folder.mkdir()
        configuration = folder / "haproxy.cfg"
        configuration.write_text("defaults\n  mode tcp\n" + "".join(
            f"  timeout {what} 60s\n" for what in ("connect", "client", "server")) + "".join(f"""
listen {name}
  bind [::]:{self.ports[name]} v4v6
  server behind 127.0.0.1:{port} source {source} {how}
""" for name, port in ports.items()))
        self._process = Process(["/usr/sbin/haproxy", "-db", "-f", configuration], folder / "output.log")
        self._process.wait_until(lambda: all(answers("127.0.0.1", port) for port in self.ports.values()),
                                 "HAProxy answering")

    def __enter__(self) -> "HaProxy":
        return self

    def __exit__(self, *_) -> None:
        self._process.stop()

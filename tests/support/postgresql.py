"""A real PostgreSQL with one database and a login that may only read it."""

import glob
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Optional

from .ports import free_port
from .process import Process

_OWNER = "postgres"  # Debian's; the server refuses to be root
READER = "stellwerk"
READER_PASSWORD = "reader's secret"


class PostgreSql:
    """Serves the database `mail` on 127.0.0.1 and on a socket in `folder`; needs root.

    Over TCP a password is asked for.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self._data = folder / "data"
        self._bin = Path(max(glob.glob("/usr/lib/postgresql/*/bin")))
        self._process: Optional[Process] = None

    def start(self) -> "PostgreSql":
        self.folder.mkdir(parents=True)
        shutil.chown(self.folder, _OWNER, _OWNER)
        self._as_owner(self._bin / "initdb", "-D", self._data, "-N", "-E", "UTF8", "--locale=C.UTF-8",
                       "--auth-local=trust", "--auth-host=scram-sha-256")
        self.resume()
        self.sql("CREATE DATABASE mail", database="postgres")
        quoted = READER_PASSWORD.replace("'", "''")
        self.sql("CREATE TABLE accounts (login text PRIMARY KEY, senders text, pin text);"
                 f"CREATE ROLE {READER} LOGIN PASSWORD '{quoted}'; GRANT SELECT ON accounts TO {READER}")
        return self

    def resume(self) -> "PostgreSql":
        """Starts again after `stop`, on the same port and data."""
        # With its user a process loses the order to end when its parent dies; setpriv gives it again.
        self._process = Process(["setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups",
                                 "--pdeathsig=TERM", self._bin / "postgres", "-D", self._data, "-h", "127.0.0.1",
                                 "-p", str(self.port), "-k", self.folder, "-c", "fsync=off"],
                                self.folder / "output.log", cwd=self.folder)
        self._process.wait_until(lambda: self._psql("postgres", "SELECT 1").returncode == 0, "PostgreSQL answering")
        return self

    def stop(self) -> None:
        if self._process:
            self._process.signal(signal.SIGINT)  # at once, whoever is connected
            self._process.stop()
            self._process = None

    def connection(self) -> str:
        """For libpq, without the password."""
        return f"host=127.0.0.1 port={self.port} dbname=mail user={READER}"

    def sql(self, text: str, database: str = "mail") -> str:
        done = self._psql(database, text)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _psql(self, database: str, text: str) -> subprocess.CompletedProcess:
        return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port),
                               "-U", _OWNER, "-d", database, "-c", text], capture_output=True, text=True, timeout=60)

    def _as_owner(self, *argv) -> None:
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=120, user=_OWNER,
                              group=_OWNER, extra_groups=[], cwd=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr

"""A real OpenLDAP server with people whom a login of its own may read."""

import subprocess
from pathlib import Path
from typing import Iterable, Optional

from .accounts import Account
from .authority import Certificate
from .ports import free_port
from .process import Process
from .waiting import answers

SUFFIX = "dc=example,dc=org"
PEOPLE = f"ou=people,{SUFFIX}"
READER = f"cn=stellwerk,{SUFFIX}"
READER_PASSWORD = "reader's secret"
_ROOT = f"cn=admin,{SUFFIX}"
_ROOT_PASSWORD = "root's secret"


class Slapd:
    """Serves `dc=example,dc=org` on 127.0.0.1, with StartTLS, from a database in `folder`.

    One entry below `ou=people` is one account: `mail` is the login, `mailLocalAddress` its senders.
    """

    def __init__(self, folder: Path, certificate: Certificate):
        self.folder = folder
        self.port = free_port()
        self._certificate = certificate
        self._process: Optional[Process] = None

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    def start(self) -> "Slapd":
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "slapd.conf").write_text(self._configuration())
        self._run("/usr/sbin/slapadd", "-q", "-f", self.folder / "slapd.conf", "-b", SUFFIX, entered=f"""\
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {READER}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: stellwerk
userPassword: {READER_PASSWORD}
""")
        return self.resume()

    def resume(self) -> "Slapd":
        """Starts again after `stop`, on the same port and database."""
        self._process = Process(["/usr/sbin/slapd", "-d", "stats", "-f", self.folder / "slapd.conf", "-h", self.url],
                                self.folder / "output.log")
        self._process.wait_until(lambda: answers("127.0.0.1", self.port), "slapd answering")
        return self

    def stop(self) -> None:
        if self._process:
            self._process.stop()
            self._process = None

    def add(self, accounts: Iterable[Account]) -> None:
        self._as_root("/usr/bin/ldapadd", entered="\n".join(_entry(account) for account in accounts))

    def remove(self, login: str) -> None:
        self._as_root("/usr/bin/ldapdelete", f"mail={login},{PEOPLE}")

    def _as_root(self, program: str, *words: str, entered: str = "") -> None:
        self._run(program, "-x", "-H", self.url, "-D", _ROOT, "-w", _ROOT_PASSWORD, *words, entered=entered)

    @staticmethod
    def _run(*argv, entered: str = "") -> None:
        done = subprocess.run([str(word) for word in argv], input=entered, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def _configuration(self) -> str:
        schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n"
                          for name in ("core", "cosine", "inetorgperson", "misc"))
        return f"""{schemas}
pidfile {self.folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {self._certificate.chain}
TLSCertificateKeyFile {self._certificate.key}
sizelimit size.soft=500 size.hard=500 size.pr=unlimited size.prtotal=unlimited
database mdb
suffix "{SUFFIX}"
directory {self.folder}/data
maxsize 268435456
dbnosync
rootdn "{_ROOT}"
rootpw "{_ROOT_PASSWORD}"
access to attrs=userPassword by anonymous auth
access to * by dn.exact="{READER}" read
"""


def _entry(account: Account) -> str:
    return "".join([f"dn: mail={account.login},{PEOPLE}\n",
                    "objectClass: inetOrgPerson\nobjectClass: inetLocalMailRecipient\n",
                    f"cn: {account.login}\nsn: {account.login}\nmail: {account.login}\n",
                    *(f"mailLocalAddress: {sender}\n" for sender in account.senders)])

"""A certificate authority for one test, by the openssl command."""

import base64
import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path
    names: Sequence[str]

    def server_context(self) -> ssl.SSLContext:
        """For a fake server that answers with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context

    def pin(self) -> str:
        """`sha256:` and the hex SHA-256 of the public key (SPKI), as `verify: pin` wants it."""
        pem = _openssl("x509", "-in", self.chain, "-noout", "-pubkey").stdout.decode()
        body = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
        return "sha256:" + hashlib.sha256(base64.b64decode(body)).hexdigest()


class Authority:
    """A root whose `ca` file clients and the proxy trust; P-256 keys throughout."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._issued = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self._key = folder / "ca.key"
        _new_key(self._key)
        _openssl("req", "-x509", "-new", "-key", self._key, "-out", self.ca, "-days", "30",
                 "-subj", "/CN=Test authority",
                 "-addext", "basicConstraints=critical,CA:TRUE",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, *names: str, ends: str = "", rsa: bool = False) -> Certificate:
        """A server certificate for DNS names and addresses; its key is P-256, or RSA of 2048 bits.

        It is valid from two days ago for a month, or until `ends` (`YYYYMMDDHHMMSSZ`).
        """
        self._issued += 1
        stem = self._folder / f"{self._issued}-{names[0].replace('*', 'any')}"
        key, request, chain = (stem.with_name(stem.name + end) for end in (".key", ".csr", ".pem"))
        _new_rsa_key(key) if rsa else _new_key(key)
        sans = ",".join(("IP:" if name[0].isdigit() else "DNS:") + name for name in names)
        _openssl("req", "-new", "-key", key, "-out", request, "-subj", f"/CN={names[0]}")
        home = self._folder / f"issue-{self._issued}"
        home.mkdir()
        (home / "index").write_text("")
        (home / "conf").write_text(
            "[ca]\ndefault_ca=us\n"
            f"[us]\ndatabase={home}/index\nnew_certs_dir={home}\nrand_serial=yes\n"
            "default_md=sha256\npolicy=any\nx509_extensions=server\nunique_subject=no\n"
            "[any]\ncommonName=supplied\n"
            f"[server]\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={sans}\n")
        lifetime = ["-enddate", ends] if ends else ["-days", "30"]
        _openssl("ca", "-batch", "-notext", "-config", home / "conf", "-cert", self.ca,
                 "-keyfile", self._key, "-in", request, "-out", chain,
                 "-startdate", "20200101000000Z", *lifetime)
        return Certificate(chain, key, names)

    def issue_expired(self, *names: str) -> Certificate:
        """A certificate that ended years ago."""
        return self.issue(*names, ends="20210101000000Z")

    def ocsp(self, certificate: Certificate, days: int = 1) -> Path:
        """A file with our response (DER) that the certificate is good, for so many days."""
        index = self._folder / f"issue-{certificate.chain.name.partition('-')[0]}" / "index"
        response = certificate.chain.with_suffix(".ocsp")
        _openssl("ocsp", "-index", index, "-CA", self.ca, "-rsigner", self.ca, "-rkey", self._key,
                 "-issuer", self.ca, "-cert", certificate.chain, "-ndays", days, "-respout", response, "-noverify")
        return response

    def client_context(self) -> ssl.SSLContext:
        """For clients: trusts this authority alone and checks names."""
        return ssl.create_default_context(cafile=str(self.ca))


def _new_key(path: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
    path.chmod(0o600)


def _new_rsa_key(path: Path) -> None:
    _openssl("genrsa", "-out", path, "2048")
    path.chmod(0o600)


def _openssl(*words) -> subprocess.CompletedProcess:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.decode(errors='replace')}")
    return done

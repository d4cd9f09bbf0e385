"""A server that speaks nothing newer than TLS 1.0, with a certificate signed by SHA-1: reached, and only there."""

import os
import socket
import ssl
import subprocess

import pytest

from support.dialogue import ImapDialogue
from support.dovecot import Dovecot
from support.process import Process
from support.waiting import answers, wait_until

OLD_NAME = "imap.last-century.example"


class OldDovecot(Dovecot):
    """A real Dovecot that OpenSSL's configuration file limits to TLS 1.0."""

    def resume(self):
        limits = self.folder / "openssl.cnf"
        limits.write_text("openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = limits\n"
                          "[limits]\nMinProtocol = TLSv1\nMaxProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n")
        self._process = Process(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"],
                                self.folder / "output.log", env={"OPENSSL_CONF": str(limits)})
        self._process.wait_until(lambda: answers(self.address, self.imap_port), "the old Dovecot answering")
        return self

    def _configuration(self):
        return (super()._configuration() + "ssl_min_protocol = TLSv1\nssl_cipher_list = ALL:@SECLEVEL=0\n"
                "import_environment = TZ OPENSSL_CONF\n")


class OldCertificate:
    """RSA of 1024 bits, signed by an authority with SHA-1."""

    def __init__(self, folder):
        folder.mkdir()
        self.ca, self.chain, self.key = folder / "ca.pem", folder / "chain.pem", folder / "key.pem"
        ca_key, request, extensions = folder / "ca.key", folder / "request", folder / "extensions"
        extensions.write_text(f"subjectAltName=DNS:{OLD_NAME}\nbasicConstraints=CA:FALSE\n")

        def openssl(*words):
            subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:1024", "-noenc", "-sha1", "-keyout", ca_key, "-out", self.ca,
                "-subj", "/CN=Old authority", "-days", "30", "-addext", "keyUsage=keyCertSign,cRLSign")
        openssl("req", "-new", "-newkey", "rsa:1024", "-noenc", "-keyout", self.key, "-out", request,
                "-subj", f"/CN={OLD_NAME}")
        openssl("x509", "-req", "-sha1", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial",
                "-out", self.chain, "-days", "30", "-extfile", extensions)


@pytest.fixture(scope="module")
def old(pair):
    certificate = OldCertificate(pair.folder / "old-certificate")
    server = OldDovecot(pair.folder / "last-century", "old", "127.0.0.1", certificate, pair.accounts, folds_case=True)
    server.certificate = certificate
    server.start()
    yield server
    server.stop()


def backend(old, **leg):
    """The proxy's settings with this server as the old one's IMAP, STARTTLS."""
    return {"backends": {"old": {"imap": {
        "address": f"127.0.0.1:{old.imap_port}", "tls": "starttls", "verify": "full",
        "ca": str(old.certificate.ca), "name": OLD_NAME, **leg}}}}


def test_the_server_is_as_old_as_we_say(old):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", old.imaps_port), 10) as connection:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection)


@pytest.mark.parametrize("age", [{"tls_min": "1.0"}, {"tls_min": "1.0", "ciphers": "ALL:@SECLEVEL=0"},
                                 {"tls_min": "1.0", "security_level": "0"}])
def test_it_is_reached_behind_listeners_that_refuse_what_it_speaks(start_proxy, pair, old, age):
    proxy = start_proxy(settings=backend(old, **age))
    assert proxy.clients.imap_dialogue(pair.account("anna@example.org")).ask("NOOP")[-1].startswith("OK")
    assert " backend_ready " in proxy.log() and " tls=1.0 " in proxy.log()
    for port in (proxy.ports["imaps"], proxy.ports["submissions"]):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version, context.maximum_version = version, version
            context.set_ciphers("ALL:@SECLEVEL=0")
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
                    context.wrap_socket(connection)
    marked = {(one["name"], one["protocol"]): one["weak"] for one in proxy.status()["backends"]}
    assert marked[("old", "imap")] == ["tls_min"] and marked[("new", "imap")] == []
    assert any("backends.old.imap.tls_min" in warning for warning in proxy.status()["warnings"])
    checked = proxy.run("check")
    assert checked.returncode == 0 and "backends.old.imap.tls_min: warning: weak" in checked.stdout + checked.stderr
    assert "WEAK: tls_min" in proxy.run("status").stdout


@pytest.mark.parametrize("leg", [{}, {"tls_min": "1.0", "name": "other.example"},
                                 {"tls_min": "1.0", "name": None}, {"security_level": "0"}])
def test_without_what_it_needs_the_answer_is_temporary(start_proxy, pair, old, leg):
    anna = pair.account("anna@example.org")
    settings = backend(old, **leg)
    if leg.get("name", "") is None:  # the address, which its certificate does not hold
        del settings["backends"]["old"]["imap"]["name"]
    answer = start_proxy(settings=settings).clients.imap_dialogue().login(anna.login, anna.password)
    assert answer.startswith("NO [UNAVAILABLE]")


@pytest.mark.parametrize("key, value", [("tls_min", "1.0"), ("ciphers", "ALL:@SECLEVEL=0"), ("security_level", "0"),
                                        ("verify", "none")])
def test_the_same_keys_anywhere_else_are_refused(proxy, key, value):
    good = dict(proxy.settings)
    listeners = [dict(good["listeners"][0], **{key: value}), *good["listeners"][1:]]
    certificates = [dict(good["certificates"][0], **{key: value})]
    backends = dict(good["backends"], old=dict(good["backends"]["old"], **{key: value}))
    for broken, place in ((dict(good, listeners=listeners), f"listeners[0].{key}"), ({**good, key: value}, key),
                          (dict(good, certificates=certificates), f"certificates[0].{key}"),
                          (dict(good, backends=backends), f"backends.old.{key}")):
        proxy.write_settings(broken)
        done = proxy.run("check")
        assert done.returncode == 78 and f"{place}: unknown key" in done.stdout + done.stderr
    proxy.write_settings(good)


def test_sessions_to_backends_are_resumed(start_proxy, pair):
    """All but the first connection of a context; TLS 1.3 to Dovecot, by tickets that are used once."""
    proxy = start_proxy()
    anna, carla = pair.account("anna@example.org"), pair.account("carla@example.com")
    logins = 10
    for _ in range(logins):
        proxy.clients.imap_dialogue(anna).close()
        proxy.clients.imap_dialogue(carla).close()
    ready = [line for line in proxy.log().splitlines() if " backend_ready " in line]
    for name in ("old", "new"):
        here = [line for line in ready if f" backend={name} " in line]
        assert len(here) == logins
        assert sum(" resumed=yes" in line for line in here) >= logins - 1, here
    proxy.reload()
    proxy.clients.imap_dialogue(anna).close()
    wait_until(lambda: proxy.log().count(" backend_ready ") > 2 * logins, "the login after the reload")

"""SNI picks among several certificates; an expired name is retired; sessions are resumed."""

import socket
import ssl
import subprocess

import pytest

from support.authority import Authority
from support.proxy_settings import PROXY_NAME
from support.stellwerk import connect


@pytest.fixture
def several(start_proxy, pair):
    """Certificates for the usual name, another one, and one that has expired."""
    first = pair.authority.issue(PROXY_NAME, "localhost")
    second = pair.authority.issue("mx.new.example", "*.wild.example")
    expired = pair.authority.issue_expired("gone.example")
    return start_proxy(settings={"certificates": [
        {"chain": str(first.chain), "key": str(first.key)},
        {"chain": str(second.chain), "key": str(second.key)},
        {"chain": str(expired.chain), "key": str(expired.key), "legacy": True}]})


def names_shown(proxy, listener, name):
    """The DNS names in the certificate that a client with (or without) this SNI is shown."""
    context = ssl.create_default_context(cafile=str(proxy.clients.ca))
    context.check_hostname = False
    with connect(proxy.ports[listener]) as connection, \
            context.wrap_socket(connection, server_hostname=name) as encrypted:
        return {value for kind, value in encrypted.getpeercert()["subjectAltName"] if kind == "DNS"}


@pytest.mark.parametrize("name, expected", [
    (PROXY_NAME, PROXY_NAME), (PROXY_NAME.upper(), PROXY_NAME), ("mx.new.example", "mx.new.example"),
    ("a.wild.example", "mx.new.example"), ("nobody.example", PROXY_NAME), (None, PROXY_NAME)])
def test_sni_picks(several, name, expected):
    for listener in ("imaps", "submissions"):
        assert expected in names_shown(several, listener, name)


def test_a_listeners_certificate_serves_where_sni_picks_none(start_proxy, pair):
    second = pair.authority.issue("mx.new.example")
    base = start_proxy()
    settings = dict(base.settings)
    settings["certificates"] = [*settings["certificates"], {"chain": str(second.chain), "key": str(second.key)}]
    settings["listeners"] = [dict(listener, certificate="mx.new.example") if listener["tls"] == "implicit"
                             else listener for listener in settings["listeners"]]
    base.stop()
    base.write_settings(settings)
    base.start()
    assert "mx.new.example" in names_shown(base, "imaps", None)
    assert PROXY_NAME in names_shown(base, "imaps", PROXY_NAME)


def test_an_expired_name_is_retired(several):
    with pytest.raises(ssl.SSLError) as refused:
        names_shown(several, "imaps", "gone.example")
    assert "unrecognized name" in str(refused.value).lower().replace("_", " ")
    retired = [entry for entry in several.status()["certificates"] if "gone.example" in entry["names"]]
    assert retired and retired[0]["retired"] is True and retired[0]["days_left"] < 0


def test_on_port_25_retirement_never_applies(several):
    with connect(several.ports["smtp"]) as connection:
        stream = connection.makefile("rwb")
        stream.readline()
        stream.write(b"EHLO client.example\r\n")
        stream.flush()
        while stream.readline()[3:4] == b"-":
            pass
        stream.write(b"STARTTLS\r\n")
        stream.flush()
        assert stream.readline().startswith(b"220")
        context = ssl.create_default_context(cafile=str(several.clients.ca))
        context.check_hostname = False
        with context.wrap_socket(connection, server_hostname="gone.example") as encrypted:
            assert PROXY_NAME in str(encrypted.getpeercert())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_resumed(proxy, pair, version):
    context = pair.authority.client_context()
    context.minimum_version = context.maximum_version = version
    session = None
    for resumed in (False, True):
        with socket.create_connection(("127.0.0.1", proxy.ports["imaps"]), 10) as connection, \
                context.wrap_socket(connection, server_hostname=PROXY_NAME, session=session) as encrypted:
            assert encrypted.recv(1000).startswith(b"* OK")
            assert encrypted.session_reused is resumed
            session = encrypted.session


def test_reload_swaps_the_certificate_without_touching_sessions(proxy, pair):
    anna = pair.account("anna@example.org")
    session = proxy.clients.imap_dialogue(anna)
    other = pair.authority.issue(PROXY_NAME, "swapped.example")
    settings = dict(proxy.settings, certificates=[{"chain": str(other.chain), "key": str(other.key)}])
    proxy.write_settings(settings)
    proxy.reload()
    assert "swapped.example" in names_shown(proxy, "imaps", PROXY_NAME)
    assert session.ask("NOOP")[-1].startswith("OK")


def test_backend_legs_are_verified(start_proxy, pair):
    """Wrong authority or wrong pin: a temporary answer, never a connection."""
    anna, stranger = pair.account("anna@example.org"), Authority(pair.folder / "stranger")

    def answer(**leg):
        settings = {"backends": {"old": {"imap": {"verify": None, "ca": None, **leg}}}}
        return start_proxy(settings=settings).clients.imap_dialogue().login(anna.login, anna.password)

    assert answer(verify="full", ca=str(pair.authority.ca)).startswith("OK")
    assert answer(verify="full", ca=str(stranger.ca)).startswith("NO [UNAVAILABLE]")
    assert answer(verify="pin", pin=pair.old.certificate.pin()).startswith("OK")
    assert answer(verify="pin", pin="sha256:" + "0" * 64).startswith("NO [UNAVAILABLE]")
    assert answer(verify="none").startswith("OK")


def entry(certificate, **more):
    return {"chain": str(certificate.chain), "key": str(certificate.key), **more}


def s_client(proxy, listener, *words):
    """What `openssl s_client` says of a handshake with this listener's usual name."""
    return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{proxy.ports[listener]}",
                           "-servername", PROXY_NAME, "-CAfile", str(proxy.clients.ca), *words],
                          input=b"", capture_output=True, timeout=60).stdout.decode(errors="replace")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_rsa_and_ecdsa_side_by_side(start_proxy, pair, version):
    """The client's signature algorithms decide; each chain ends at the authority."""
    both = [entry(pair.authority.issue(PROXY_NAME)), entry(pair.authority.issue(PROXY_NAME, rsa=True))]
    proxy = start_proxy(settings={"certificates": both})
    for algorithms, signed in (("ECDSA+SHA256", "ECDSA"), ("RSA-PSS+SHA256:RSA+SHA256", "RSA"),
                               ("RSA-PSS+SHA256:ECDSA+SHA256", "ECDSA")):
        said = s_client(proxy, "imaps", version, "-sigalgs", algorithms)
        assert f"Peer signature type: {signed}" in said and "Verify return code: 0 (ok)" in said, said
    assert [one["key"] for one in proxy.status()["certificates"]] == ["ECDSA", "RSA"]


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_an_ocsp_response_is_stapled_from_a_file(start_proxy, pair, version):
    certificate = pair.authority.issue(PROXY_NAME)
    good = pair.authority.ocsp(certificate)
    proxy = start_proxy(settings={"certificates": [entry(certificate, ocsp=str(good))]})
    said = s_client(proxy, "imaps", version, "-status")
    assert "OCSP Response Status: successful" in said and "Cert Status: good" in said, said
    assert proxy.status()["certificates"][0]["ocsp_until"]
    octets = good.read_bytes()
    good.write_bytes(b"rubbish")
    proxy.reload()
    assert "no response sent" in s_client(proxy, "imaps", version, "-status")
    assert any("certificates[0].ocsp" in warning for warning in proxy.status()["warnings"])
    good.write_bytes(octets)
    proxy.reload()
    assert "Cert Status: good" in s_client(proxy, "imaps", version, "-status")


def test_a_name_with_umlauts_is_matched_and_shown(start_proxy, pair):
    idn = pair.authority.issue("mail.xn--mller-kva.example")
    usual = pair.authority.issue(PROXY_NAME, "localhost")
    proxy = start_proxy(settings={"certificates": [entry(usual), entry(idn)]})
    assert "mail.xn--mller-kva.example" in names_shown(proxy, "imaps", "mail.xn--mller-kva.example")
    names = [name for one in proxy.status()["certificates"] for name in one["names"]]
    assert "mail.m\u00fcller.example" in names and "mail.xn--mller-kva.example" in names
    listeners = [dict(one, certificate="mail.m\u00fcller.example") for one in proxy.settings["listeners"]]
    proxy.stop()
    proxy.write_settings(dict(proxy.settings, listeners=listeners))
    proxy.start()
    assert "mail.xn--mller-kva.example" in names_shown(proxy, "imaps", None)


def test_a_broken_pair_at_reload_keeps_the_old_one_and_says_why(proxy, pair):
    good = proxy.settings
    pair_in_force, other = good["certificates"][0], pair.authority.issue(PROXY_NAME)
    cut_short = pair.folder / "cut-short.pem"
    cut_short.write_bytes(other.chain.read_bytes()[:100])
    for broken, why in ((dict(pair_in_force, key=str(other.key)), "the key does not belong to the certificate"),
                        (entry(other, key="/nowhere.key"), "No such file or directory"),
                        (entry(other, chain=str(cut_short)), "holds no PEM certificate")):
        proxy.write_settings(dict(good, certificates=[broken]))
        done = proxy.run("reload")
        assert done.returncode == 78 and why in done.stdout + done.stderr, done.stdout + done.stderr
        assert PROXY_NAME in names_shown(proxy, "imaps", PROXY_NAME)
    proxy.write_settings(good)
    proxy.reload()


def test_a_key_that_everybody_can_read_is_a_warning(start_proxy, pair):
    certificate = pair.authority.issue(PROXY_NAME, "localhost")
    certificate.key.chmod(0o644)
    proxy = start_proxy(settings={"certificates": [entry(certificate)]})
    done = proxy.run("check")
    assert done.returncode == 0 and "can be read by every user" in done.stdout + done.stderr
    assert any("can be read by every user" in warning for warning in proxy.status()["warnings"])

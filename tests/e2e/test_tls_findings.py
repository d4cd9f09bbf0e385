"""What testssl.sh and `openssl s_client` find out about each listener."""

import json
import subprocess

import pytest

from support.proxy_settings import ACCESS_LISTENERS, LISTENERS, PROXY_NAME

# As `openssl s_client` calls what each listener speaks before TLS.
STARTTLS = {"imaps": "", "imap": "imap", "pop3s": "", "pop3": "pop3", "sieve": "sieve",
            "submissions": "", "submission": "smtp", "smtp": "smtp"}

EXPECTED = {
    "SSLv2": "not offered", "SSLv3": "not offered", "TLS1": "not offered", "TLS1_1": "not offered",
    "TLS1_2": "offered", "TLS1_3": "offered",
    "cipherlist_NULL": "not offered", "cipherlist_aNULL": "not offered", "cipherlist_EXPORT": "not offered",
    "cipherlist_LOW": "not offered", "cipherlist_3DES_IDEA": "not offered",
    "secure_renego": "supported", "secure_client_renego": "not vulnerable", "CRIME_TLS": "not vulnerable",
}


@pytest.fixture
def proxy(start_proxy):
    running = start_proxy(more_listeners=ACCESS_LISTENERS)
    assert set(STARTTLS) == set(running.ports) == {*LISTENERS, *ACCESS_LISTENERS}  # none is left out
    return running


# What is asked of each: behind STARTTLS all of it would take minutes.
TESTSSL = {"imaps": ["-p", "-s", "-R", "-C"], "imap": ["-p", "-t", "imap"]}


def findings_of_testssl(port: int, report, *checks) -> dict:
    """Its findings by id."""
    words = ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--nodns", "none",
             *checks, "--jsonfile", report]
    done = subprocess.run([*map(str, words), f"localhost:{port}"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=330)
    assert report.exists(), done.stdout + done.stderr
    return {one["id"]: one["finding"] for one in json.loads(report.read_text())}


@pytest.mark.parametrize("listener", TESTSSL)
def test_findings_of_testssl(proxy, folder, listener):
    found = findings_of_testssl(proxy.ports[listener], folder / "report.json", *TESTSSL[listener])
    expected = EXPECTED if "-s" in TESTSSL[listener] else {name: words for name, words in EXPECTED.items()
                                                            if name.startswith(("SSLv", "TLS"))}
    assert "TLS1_3" in expected
    for finding, words in expected.items():
        said = found.get(finding, "nothing")
        assert said.lower().startswith(words), f"{finding}: {said}\n{json.dumps(found, indent=1)}"


def s_client(proxy, listener, *words, said=b""):
    starttls = ["-starttls", STARTTLS[listener]] if STARTTLS[listener] else []
    return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{proxy.ports[listener]}", *starttls,
                           "-servername", PROXY_NAME, "-CAfile", str(proxy.clients.ca), *words],
                          input=said, capture_output=True, timeout=60)


@pytest.mark.parametrize("listener", STARTTLS)
def test_findings_of_s_client(proxy, listener):
    usual = s_client(proxy, listener, "-tls1_2").stdout.decode(errors="replace")
    assert "Verify return code: 0 (ok)" in usual
    assert "Compression: NONE" in usual and "Secure Renegotiation IS supported" in usual
    assert "Cipher    : ECDHE-" in usual and "GCM" in usual
    for version in ("-tls1", "-tls1_1"):
        refused = s_client(proxy, listener, version, "-cipher", "ALL:@SECLEVEL=0")
        assert b"alert protocol version" in refused.stderr, refused.stderr
    for weak in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "aNULL", "eNULL", "CAMELLIA"):
        refused = s_client(proxy, listener, "-tls1_2", "-cipher", weak + ":@SECLEVEL=0")
        assert b"handshake failure" in refused.stderr, (weak, refused.stderr)


def test_a_client_may_not_renegotiate(proxy):
    """`R` in s_client asks for it; the answer is an alert, and no second handshake."""
    said = s_client(proxy, "imaps", "-tls1_2", said=b"R\na1 NOOP\n").stderr.decode(errors="replace")
    # The second: on a slow machine our greeting reaches s_client between its question and the answer.
    assert "RENEGOTIATING" in said and ("no renegotiation" in said or "unexpected record" in said), said
    assert "verify return" not in said.partition("RENEGOTIATING")[2], said

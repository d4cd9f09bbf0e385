"""Backends see the real client, however they are told, and never what a client says of itself."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from support.address_server import ADDRESS, AddressServer
from support.authority import Authority
from support.balancer import dial, proxy_v1, proxy_v2
from support.clients import new_message
from support.dialogue import ImapDialogue, PopDialogue, SieveDialogue, SmtpDialogue
from support.fake_imap import FakeImap
from support.fake_mail_server import FakeMailServer
from support.fake_smtp import FEATURES, FakeSmtp
from support.mail_pair import ACCOUNTS
from support.proxy_settings import ACCESS_LISTENERS, PROXY_NAME, clear_backend, merged
from support.sink import Sink
from support.waiting import wait_until

ANNA = ACCOUNTS[0]
BALANCER = "127.0.0.2"
LIE = "6.6.6.6"
# Who connects from where, or is said to by the balancer: what the backend must call it.
CLIENTS = {
    "ipv4": (dict(source="127.0.0.9"), "127.0.0.9"),
    "ipv6": (dict(address="::1"), "::1"),
    "balanced-ipv4": (dict(source=BALANCER, header=proxy_v2("192.0.2.77")), "192.0.2.77"),
    "balanced-ipv6": (dict(source=BALANCER, header=proxy_v1("2001:db8::77")), "2001:db8::77"),
    "balanced-mapped": (dict(source=BALANCER, header=proxy_v2("::ffff:192.0.2.78", to="::ffff:192.0.2.25")),
                        "192.0.2.78"),
}


@pytest.fixture(scope="module")
def server():
    folder = Path(tempfile.mkdtemp(prefix="stellwerk-", dir="/tmp"))
    folder.chmod(0o755)  # the servers' own users pass through
    sink = Sink()
    running = AddressServer(folder / "old", Authority(folder / "authority"), ACCOUNTS, sink.port)
    try:
        yield running.start()
    finally:
        running.stop()
        sink.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(start_between):
    """Starts a proxy on `[::]` in front of the given services of `old`; `new` is down."""

    def start(**services):
        return start_between({**clear_backend(), **services}, clear_backend(), accounts=ACCOUNTS,
                             address="[::]", listener={"proxy_protocol_from": [BALANCER]},
                             more_listeners={name: tls for name, tls in ACCESS_LISTENERS.items() if tls[0] in services})

    return start


def service(port, mode, tls="none"):
    trust = {} if tls == "none" else {"verify": "none"}
    return {"address": f"{ADDRESS}:{port}", "tls": tls, "client_address": mode, **trust}


def imap_from(proxy, how):
    return ImapDialogue(proxy.ports["imaps"], proxy.clients.context,
                        connection=dial(proxy.ports["imaps"], **how))


def smtp_from(proxy, how, listener="smtp"):
    dialogue = SmtpDialogue(proxy.ports[listener], connection=dial(proxy.ports[listener], **how))
    dialogue.ehlo()
    dialogue.upgrade(proxy.clients.context)
    dialogue.ehlo()
    return dialogue


def hand_in(dialogue, sender, recipient):
    """Sends a message; returns its Message-ID."""
    message = new_message(sender, recipient)
    replies = dialogue.begin(sender, recipient)
    assert [reply.code for reply in replies] == [250, 250], replies
    assert dialogue.content(message.as_bytes().replace(b"\n", b"\r\n")).code == 250
    return message["Message-ID"]


def stored(server, message_id, login=ANNA.login):
    def found():
        return next((content for content in server.messages(login) if message_id.encode() in content), None)
    return wait_until(found, f"{message_id} on disk", 30).decode()


def received_from(content):
    """The address in the Received line that the backend's port wrote: the second of the two above ours."""
    lines = re.findall(r"^Received: from \S+ \(\S+ \[(?:IPv6:)?([^\]]+)\]\)", content, re.M)
    assert lines, content
    return lines[0]


def wait_for_login(server, address, seen, service="imap"):
    """The part of the line of a login from that address, behind what was `seen` of the log."""
    def found():
        return re.search(rf"{service}-login: Info: Login: user=<{ANNA.login}>.* rip={re.escape(address)},.*",
                         server.dovecot.log()[seen:])
    return wait_until(found, f"a login from {address} in Dovecot's log")[0]


IMAP_LEGS = {
    "id-clear": lambda s: service(s.dovecot.imap_port, "id"),
    "id-starttls": lambda s: service(s.dovecot.imap_port, "id", "starttls"),
    "id-implicit": lambda s: service(s.dovecot.imaps_port, "id", "implicit"),
    "header-clear": lambda s: service(s.imap_header, "proxy_v2"),
    "header-starttls": lambda s: service(s.imap_header, "proxy_v2", "starttls"),
    "header-implicit": lambda s: service(s.imaps_header, "proxy_v2", "implicit"),
}


@pytest.mark.parametrize("leg", IMAP_LEGS)
def test_dovecot_names_the_client(server, start, leg):
    proxy = start(imap=IMAP_LEGS[leg](server))
    wait_until(lambda: "backend_healthy backend=old protocol=imap" in proxy.log(), "a probe in this mode")
    for how, address in CLIENTS.values():
        seen = len(server.dovecot.log())
        assert imap_from(proxy, how).login(ANNA.login, ANNA.password).startswith("OK")
        line = wait_for_login(server, address, seen)
        if how.get("header"):
            assert "lip=192.0.2.25," in line or "lip=2001:db8::25," in line, line
        assert f"client={address}:" in proxy.log() or f"client=[{address}]:" in proxy.log()


def test_a_wrong_password_is_the_clients(server, start):
    proxy = start(imap=service(server.dovecot.imap_port, "id"))
    seen = len(server.dovecot.log())
    assert imap_from(proxy, CLIENTS["balanced-ipv6"][0]).login(ANNA.login, "wrong").startswith("NO")
    wait_until(lambda: re.search(r"auth failed.*rip=2001:db8::77,", server.dovecot.log()[seen:]),
               "the failure under the client's address")


def test_clear_legs_are_secured_by_the_headers_tls(server, start):
    proxy = start(imap=service(server.imap_header, "proxy_v2"))
    seen = len(server.dovecot.log())
    assert imap_from(proxy, dict(source="127.0.0.7")).login(ANNA.login, ANNA.password).startswith("OK")
    assert ", secured," in wait_for_login(server, "127.0.0.7", seen)


@pytest.mark.parametrize("leg", ["id-starttls", "header-implicit"])
def test_a_lying_id_moves_nothing(server, start, leg):
    """Before login it ends at the proxy, after login Dovecot gives nothing for it."""
    lie = f'ID ("x-originating-ip" "{LIE}" "x-originating-port" "1" "x-connected-ip" "{LIE}" "x-proxy-ttl" "3")'
    proxy = start(imap=IMAP_LEGS[leg](server))
    seen = len(server.dovecot.log())
    dialogue = imap_from(proxy, dict(source="127.0.0.8"))
    assert dialogue.ask(lie)[-1].startswith("OK")
    assert dialogue.login(ANNA.login, ANNA.password).startswith("OK")
    line = wait_for_login(server, "127.0.0.8", seen)
    assert dialogue.ask(lie)[-1].startswith("OK")
    assert dialogue.ask("NOOP")[-1].startswith("OK")
    dialogue.ask("LOGOUT")
    session = re.search(r"session=<([^>]+)>", line)[1]
    wait_until(lambda: re.search(rf"<{re.escape(session)}>: Info: Disconnected", server.dovecot.log()),
               "the session's end in the log")
    assert LIE not in server.dovecot.log()


def pop3_from(proxy, how):
    return PopDialogue(proxy.ports["pop3s"], proxy.clients.context, connection=dial(proxy.ports["pop3s"], **how))


def sieve_from(proxy, how):
    return SieveDialogue(proxy.ports["sieve"], proxy.clients.context, connection=dial(proxy.ports["sieve"], **how))


# Our word for the service and Dovecot's, who speaks it, and how the backend is told.
MORE_ACCESS_LEGS = {
    "pop3-xclient-clear": ("pop3", "pop3", pop3_from, lambda s: service(s.dovecot.pop3_port, "xclient")),
    "pop3-xclient-starttls": ("pop3", "pop3", pop3_from, lambda s: service(s.dovecot.pop3_port, "xclient", "starttls")),
    "pop3-xclient-implicit": ("pop3", "pop3", pop3_from,
                              lambda s: service(s.dovecot.pop3s_port, "xclient", "implicit")),
    "pop3-header": ("pop3", "pop3", pop3_from, lambda s: service(s.pop3_header, "proxy_v2", "starttls")),
    "sieve-xclient-clear": ("sieve", "managesieve", sieve_from, lambda s: service(s.dovecot.sieve_port, "xclient")),
    "sieve-xclient-starttls": ("sieve", "managesieve", sieve_from,
                               lambda s: service(s.dovecot.sieve_port, "xclient", "starttls")),
    "sieve-header": ("sieve", "managesieve", sieve_from, lambda s: service(s.sieve_header, "proxy_v2", "starttls")),
}


@pytest.mark.parametrize("leg", MORE_ACCESS_LEGS)
def test_dovecot_names_the_client_of_pop3_and_sieve(server, start, leg):
    """Whatever the client says of itself, before its login, in it and after it."""
    protocol, name, dial_in, backend = MORE_ACCESS_LEGS[leg]
    proxy = start(**{protocol: backend(server)})
    wait_until(lambda: f"backend_healthy backend=old protocol={protocol}" in proxy.log(), "a probe in this mode")
    for how, address in CLIENTS.values():
        seen = len(server.dovecot.log())
        dialogue = dial_in(proxy, how)
        for lie in (f"XCLIENT ADDR={LIE} PORT=1", f"xclient addr={LIE}", f'ID ("x-originating-ip" "{LIE}")'):
            assert is_refused(dialogue.ask(lie))
        assert not is_refused(dialogue.login(ANNA.login, ANNA.password))
        line = wait_for_login(server, address, seen, name)
        if how.get("header") and leg.endswith("header"):  # Dovecot's XCLIENT doesn't know where the client came to
            assert "lip=192.0.2.25," in line or "lip=2001:db8::25," in line, line
        assert is_refused(dialogue.ask(f"XCLIENT ADDR={LIE} PORT=1"))
        dialogue.ask("QUIT" if protocol == "pop3" else "LOGOUT")
        session = re.search(r"session=<([^>]+)>", line)[1]
        wait_until(lambda: re.search(rf"<{re.escape(session)}>: Info: (Disconnected|Logged out)",
                                     server.dovecot.log()), "the session's end in the log")
    seen = len(server.dovecot.log())
    assert is_refused(dial_in(proxy, CLIENTS["balanced-ipv6"][0]).login(ANNA.login, "wrong"))
    wait_until(lambda: re.search(rf"{name}-login.*auth failed.*rip=2001:db8::77,", server.dovecot.log()[seen:]),
               "the failure under the client's address")
    assert LIE not in server.dovecot.log()


def is_refused(answer):
    """POP3's answer is a line, ManageSieve's may be several."""
    last = answer if isinstance(answer, str) else answer[-1]
    assert re.match(r"(\+OK|-ERR|OK|NO)\b", last), last
    return last.startswith(("-ERR", "NO"))


@pytest.mark.parametrize("protocol, dial_in, greeting, temporary", [
    ("pop3", pop3_from, ["+OK ready."], "-ERR [SYS/TEMP]"),
    ("sieve", sieve_from, ['"SASL" "PLAIN"', 'OK "ready."'], "NO (TRYLATER)"),
])
def test_never_on_without_xclient_in_pop3_and_sieve(start, protocol, dial_in, greeting, temporary):
    heard = []

    def backend(peer):
        peer.say(*greeting)
        while True:
            heard.append(peer.line())
            peer.say(*(["+OK", "USER", "SASL PLAIN", "."] if heard[-1] == "CAPA" else ["-ERR no"]))

    with FakeMailServer(backend) as fake:
        proxy = start(**{protocol: service(fake.port, "xclient")})
        answer = dial_in(proxy, dict(source="127.0.0.9")).login(ANNA.login, "secret")
        assert answer.startswith(temporary), answer
        wait_until(lambda: "offers no XCLIENT" in str([one.get("problem") for one in proxy.status()["backends"]]),
                   "the problem in status")
        assert [line for line in heard if re.match("USER|PASS|AUTH", line)] == []


SMTP_LEGS = {
    "xclient-clear": lambda s: service(s.postfix.smtp_port, "xclient"),
    "xclient-starttls": lambda s: service(s.postfix.smtp_port, "xclient", "starttls"),
    "header-clear": lambda s: service(s.smtp_header, "proxy_v2"),
    "header-starttls": lambda s: service(s.smtp_header, "proxy_v2", "starttls"),
    "postscreen": lambda s: service(s.smtp_screen, "proxy_v2"),
}


@pytest.mark.parametrize("leg", SMTP_LEGS)
def test_postfix_names_the_client_of_port_25(server, start, leg):
    proxy = start(smtp=SMTP_LEGS[leg](server))
    wait_until(lambda: "no_relay_passed backend=old" in proxy.log(), "no_relay in this mode", 30)
    for how, address in CLIENTS.values():
        dialogue = smtp_from(proxy, how)
        for lie in (f"XCLIENT NAME=liar.example ADDR={LIE}", f"XFORWARD ADDR={LIE}"):
            assert dialogue.ask(lie).code in (500, 502, 503)
        content = stored(server, hand_in(dialogue, "friend@elsewhere.example", ANNA.login))
        assert received_from(content) == address
        assert LIE not in content
        assert f"client=unknown[{address}]" in server.postfix.log()
    assert LIE not in server.postfix.log()


@pytest.mark.parametrize("leg, listener", [
    (lambda s: service(s.postfix.submission_port, "xclient", "starttls"), "submission"),
    (lambda s: service(s.postfix.submissions_port, "xclient", "implicit"), "submission"),
    (lambda s: service(s.submission_header, "proxy_v2", "starttls"), "submission"),
], ids=["xclient-starttls", "xclient-implicit", "header"])
def test_postfix_names_the_client_of_a_submission(server, start, leg, listener):
    proxy = start(submission=leg(server))
    for how, address in CLIENTS.values():
        dialogue = smtp_from(proxy, how, listener)
        assert dialogue.ask(f"XCLIENT ADDR={LIE} LOGIN={ANNA.login}").code in (500, 502, 503)
        assert dialogue.auth_plain(ANNA.login, ANNA.password).code == 235
        assert dialogue.ask(f"XCLIENT ADDR={LIE}").code in (500, 502, 503)
        content = stored(server, hand_in(dialogue, ANNA.login, ANNA.login))
        assert received_from(content) == address
        assert re.search(rf"client=unknown\[{re.escape(address)}\], sasl_method=PLAIN, sasl_username={ANNA.login}",
                         server.postfix.log())
    assert LIE not in server.postfix.log()


def test_submission_lands_under_the_login_of_its_password_alone(server, start):
    """LOGIN= of XCLIENT would let in without one; we never send a name in it."""
    proxy = start(submission=service(server.postfix.submission_port, "xclient", "starttls"))
    dialogue = smtp_from(proxy, dict(source="127.0.0.9"), "submission")
    assert dialogue.auth_plain(ANNA.login, "wrong").code == 535
    assert dialogue.ask("MAIL FROM:<anna@example.org>").code == 530


def test_who_may_relay_from_the_proxys_network_may_not_through_it(server, start):
    """mynetworks holds the proxy, by mistake: told the client's address, the server refuses all the same."""
    proxy = start(smtp=service(server.smtp_trusting, "xclient"))
    wait_until(lambda: "no_relay_passed backend=old" in proxy.log(), "no_relay", 30)
    replies = smtp_from(proxy, dict(source=BALANCER, header=proxy_v2("192.0.2.77"))).begin(
        "friend@elsewhere.example", "victim@elsewhere.example")
    assert replies[1].code == 554, replies
    untold = service(server.smtp_trusting, "none")
    proxy.write_settings(merged(proxy.settings, {"backends": {"old": {"smtp": untold}}}))
    proxy.reload()
    wait_until(lambda: "no_relay_failed backend=old" in proxy.log(), "the gate to see the open relay", 30)
    replies = smtp_from(proxy, dict(source="127.0.0.9")).begin("friend@elsewhere.example",
                                                               "victim@elsewhere.example")
    assert replies[1].code == 451, replies


def test_never_on_without_xclient(server, start):
    proxy = start(smtp=service(server.smtp_deaf, "xclient"))
    wait_until(lambda: "no_relay_failed backend=old" in proxy.log(), "the gate", 30)
    for recipient in (ANNA.login, "victim@elsewhere.example"):
        replies = smtp_from(proxy, dict(source="127.0.0.9")).begin("friend@elsewhere.example", recipient)
        assert replies[1].code == 451, replies
    entry = next(one for one in proxy.status()["backends"] if (one["name"], one["protocol"]) == ("old", "smtp"))
    assert not entry["healthy"] and entry["problem"] == "xclient_not_offered", entry


def test_never_on_without_xclient_or_id_at_login(start):
    with FakeSmtp(features=FEATURES) as smtp, FakeImap(capability="IMAP4rev1 AUTH=PLAIN") as imap:
        proxy = start(submission=service(smtp.port, "xclient"), imap=service(imap.port, "id"))
        reply = smtp_from(proxy, dict(source="127.0.0.9"), "submission").auth_plain(ANNA.login, "secret")
        assert (reply.code, reply.enhanced) == (454, "4.7.0")
        answer = imap_from(proxy, dict(source="127.0.0.9")).login(ANNA.login, "secret")
        assert answer.startswith("NO [UNAVAILABLE]"), answer
        assert not smtp.logins and not imap.logins

        def problems():
            return {one["protocol"]: one["problem"] for one in proxy.status()["backends"] if one["name"] == "old"}

        wait_until(lambda: problems()["submission"] == "xclient_not_offered"
                   and problems()["imap"] == "has no ID for the client's address", problems)


def test_the_header_tells_of_the_clients_tls(start):
    heads = []

    def listen(peer):
        fixed = peer.octets(16)
        heads.append(fixed + peer.octets(int.from_bytes(fixed[14:16], "big")))
        peer.say("* BYE enough")

    with FakeMailServer(listen) as fake:
        proxy = start(imap=service(fake.port, "proxy_v2"))
        dialogue = imap_from(proxy, dict(source="127.0.0.9"))
        assert dialogue.login(ANNA.login, "secret").startswith("NO [UNAVAILABLE]")
        local, told = (next((head for head in heads if head[12] == kind), None) for kind in (0x20, 0x21))
        assert local and len(local) == 16, heads  # the probe's
        assert told[16:20] == bytes([127, 0, 0, 9])
        name = PROXY_NAME.encode()
        assert b"\x02\x00" + bytes([len(name)]) + name in told
        version = dialogue.socket.version().encode()
        assert b"\x21\x00" + bytes([len(version)]) + version in told
        cipher = dialogue.socket.cipher()[0].encode()
        assert b"\x23\x00" + bytes([len(cipher)]) + cipher in told

"""Nobody is shown a From that the binding has not judged: not by the servers, not by mail programs."""

import email
import email.policy
import email.utils
import imaplib
import re
import uuid

import pytest

from support.real_clients import Neomutt, Task
from support.waiting import wait_until

TOKEN = re.compile(rb"^Subject: ([0-9a-f]{32})\r?$", re.MULTILINE)
OWN, FOREIGN = "anna@example.org", "boss@victim.example"
LOG = " sender_foreign "


@pytest.fixture
def anna(pair):
    return pair.account(OWN)


@pytest.fixture
def start(start_proxy):
    def with_mode(mode):
        return start_proxy(settings={"policy": {"sender_binding": {"header": mode}}})

    return with_mode


def hand_in(proxy, account, header: bytes, by_chunks=False):
    """The reply to a message with that header, and its token; the body has a From of its own."""
    token = uuid.uuid4().hex
    dialogue = proxy.clients.submission_dialogue(account)
    assert dialogue.begin(account.login, OWN)[-1].code == 250
    octets = header + b"Subject: " + token.encode() + b"\r\n\r\nFrom: " + FOREIGN.encode() + b"\r\n\r\nA line.\r\n"
    if by_chunks:
        *_, reply = dialogue.chunks(octets[:len(header) // 2], octets[len(header) // 2:])
    else:
        reply = dialogue.content(octets)
    dialogue.close()
    return reply, token


@pytest.mark.parametrize("by_chunks", [False, True])
@pytest.mark.parametrize("header, words", [
    (f"From: {FOREIGN}\r\n", f"From names {FOREIGN}, which your login does not own"),
    (f"From: {OWN}\r\nSender: {FOREIGN}\r\n", f"Sender names {FOREIGN}"),
    (f"From: {OWN}\r\nFrom: {FOREIGN}\r\n", f"From names {FOREIGN}"),
    (f"Resent-From: {FOREIGN}\r\nFrom: {OWN}\r\n", f"Resent-From names {FOREIGN}"),
    ("", "the message has no From"),
    (f"From: {OWN} (\r\n", "cannot be read safely"),
    (f"From: {OWN}\r\nFrom\r\n : {FOREIGN}\r\n", "cannot be read safely"),
    (f'From: "anna+ <{FOREIGN}>"@example.org\r\n', "which your login does not own"),
])
def test_what_is_refused_reaches_nobody(start, pair, anna, header, words, by_chunks):
    proxy = start("enforce")
    reply, token = hand_in(proxy, anna, header.encode(), by_chunks)
    assert (reply.code, reply.enhanced) == (550, "5.7.1") and words in str(reply), reply
    wait_until(lambda: proxy.log().count(LOG) == 1, "the log")
    reply, second = hand_in(proxy, anna, f"From: {OWN}\r\n".encode(), by_chunks)
    assert reply.code == 250, reply
    wait_until(lambda: any(second.encode() in one for one in pair.old.messages(OWN)), "the good message", 30)
    assert not any(token.encode() in one for one in pair.old.messages(OWN))


@pytest.mark.parametrize("mode, count", [("off", 0), ("observe", 1), ("warn", 1)])
def test_what_is_only_observed_goes_through(start, anna, mode, count):
    proxy = start(mode)
    assert hand_in(proxy, anna, f"From: {FOREIGN}\r\n".encode())[0].code == 250
    wait_until(lambda: " message_accepted " in proxy.log(), "the log")
    assert proxy.log().count(LOG) == count


def test_mail_from_elsewhere_is_not_judged(start, pair):
    proxy = start("enforce")
    dialogue = proxy.clients.smtp_dialogue()
    dialogue.begin("friend@elsewhere.example", OWN)
    assert dialogue.content(b"From: friend@elsewhere.example\r\n\r\nx\r\n").code == 250


def variants() -> list[bytes]:
    """Headers that might smuggle FOREIGN past the judgement; some are harmless, and some are plainly foreign."""
    own, foreign = OWN.encode(), FOREIGN.encode()
    bodies = [
        own, b"<" + own + b">", b"Anna <" + own + b">", foreign, b"Boss <" + foreign + b">",
        own + b", " + foreign, foreign + b", " + own, own + b",," + foreign, own + b" " + foreign, own + b";" + foreign,
        b"<" + own + b"> <" + foreign + b">", b"<" + foreign + b"><" + own + b">", b"<" + own + b"," + foreign + b">",
        b"<<" + foreign + b">>", b"<" + foreign + b"> (" + own + b")", foreign + b" (" + own + b")",
        own + b" (" + foreign + b")", b"(" + foreign + b") " + own, b"(" + own + b") " + foreign,
        b'"' + foreign + b'" <' + own + b">", b'"' + own + b'" <' + foreign + b">", foreign + b" <" + own + b">",
        own + b" <" + foreign + b">", b'"a" ' + foreign + b" <" + own + b">", b'"<' + foreign + b'>" <' + own + b">",
        b'"\\"<' + foreign + b'>, \\"" <' + own + b">", b'"' + foreign + b", <" + own + b">",
        b"Team: " + foreign + b";", b"Team: " + own + b";", b"Team: " + own + b", " + foreign + b";",
        b"Team:;, " + foreign, foreign + b": " + own + b";", b"Team: " + own + b"; " + foreign,
        b"<@relay.example:" + own + b">", b"<@" + foreign + b":" + own + b">", b"<" + foreign + b":" + own + b">",
        b"=?utf-8?Q?boss=40victim.example?=", b"=?utf-8?Q?boss=40victim.example=3E?= <" + own + b">",
        b"=?utf-8?Q?=22boss=40victim.example=22=2C?= <" + own + b">", b"=?utf-8?B?Ym9zc0B2aWN0aW0uZXhhbXBsZSw=?= <" + own + b">",
        b"=?utf-8?Q?boss=40victim.example_=3Cboss=40victim.example=3E=0A?= <" + own + b">",
        b"=?us-ascii?Q?=28?= <" + foreign + b"> =?us-ascii?Q?=29?= <" + own + b">",
        b"anna(" + foreign + b")@example.org", b"anna @example.org", b"anna@ example.org", b"anna@example.org.",
        b"boss@victim.example.\r\n @example.org", b"boss\r\n @victim.example", own + b"\r\n ," + foreign,
        own + b"\r\n\t" + foreign, own + b"\r\n \r\n ," + foreign, b"\r\n " + own, b"\r\n \r\n " + foreign,
        own + b"\r ," + foreign, own + b"\n ," + foreign, own + b"\x00," + foreign, own + b"\x00", foreign + b"\x00<" + own + b">",
        own + b"\x0b," + foreign, own + b"\x0c" + foreign, own + b"\x08" * 16 + foreign, own + b"\x85" + foreign,
        own + b"\xc2\x85" + foreign, own + b"\xe2\x80\xa8" + foreign, own + b"\xef\xbc\x8c" + foreign,
        b"\xef\xbb\xbf" + own, b"\xff" + own, b"boss\xef\xbc\xa0victim.example <" + own + b">",
        b'"anna"@example.org', b'"boss@victim.example"@example.org', b'"boss\\@victim.example"@example.org',
        b'boss"@victim.example"@example.org', b"boss%victim.example@example.org", b"anna@[192.0.2.1]",
        b"victim.example!boss@example.org", b"anna@example.org@victim.example", b"boss@victim.example@example.org",
        b"anna", b"boss", b"", b" ", b";", b",", b"<>", b"()", b"undisclosed:;",
        b"anna+" + foreign.replace(b"@", b"=") + b"@example.org", b"ANNA@EXAMPLE.ORG", b"office@example.org",
        b'"anna+ <boss@victim.example>"@example.org', b'"anna+boss@victim.example"@example.org',
        b'"anna+,boss@victim.example,"@example.org', b'"anna+\\" <boss@victim.example>"@example.org', b'"anna+x y"@example.org',
    ]
    headers = [name + body + b"\r\n" for body in bodies for name in (b"From: ",)]
    headers += [b"From:" + body + b"\r\n" for body in bodies[:30]]
    good, bad = b"From: " + own + b"\r\n", b": " + foreign + b"\r\n"
    names = [b"From", b"from", b"FROM", b"From ", b"From\t", b"From\x00", b"\x00From", b"Fr\x00om", b"From\x01", b"Fr om",
             b"From\xc2\xa0", b"\xef\xbb\xbfFrom", b" From", b"\tFrom", b"From\r", b"\rFrom", b"\nFrom", b"X\nFrom", b"X\rFrom",
             b"X:\nFrom", b"X:\rFrom", b"X: y\n\nFrom", b">From", b"Sender", b"SENDER ", b"Resent-From", b"Resent-Sender",
             b"From boss@victim.example Sat Nov 22 00:00:00 2026\r\nFrom", b"no field\r\nFrom", b":\r\nFrom", b": x\r\nFrom",
             b"X: y\r\n \r\nFrom", b"X: y\r\n\t\r\nFrom", b"From\xef\xbc\x9a x\r\nFrom",
             b"From\r\n ", b"From\r\n\t", b"from \r\n ", b"Sender\r\n ", b"From\r\n \r\n ", b"From\r\n", b"Fr\r\n om", b"X\r\n From"]
    for name in names:
        headers += [name + bad + good, good + name + bad]
    long = b"x" * 990
    headers += [b"X: " + long + b" From" + bad + good, good + b"X: " + long + b"\r\n From" + bad,
                b"X: " + b"y" * 2040 + b" From" + bad + good, good + b"X: " + b"z" * 70000 + b"\r\nFrom" + bad,
                b"From: " + own + b",\r\n " * 2000 + foreign + b"\r\n", b"".join(b"X%d: y\r\n" % i for i in range(2000)) + b"From" + bad + good,
                b"Content-Type: message/rfc822\r\n" + good]
    return headers


def addresses_shown(raw: bytes) -> set[str]:
    """Whom Python's email package takes for the senders, in its new and its old way."""
    found = set()
    for policy in (email.policy.default, email.policy.compat32):
        message = email.message_from_bytes(raw, policy=policy)
        for name in ("From", "Sender", "Resent-From"):
            values = [str(value) for value in message.get_all(name, [])]
            found |= {address.replace('"', "") for _, address in email.utils.getaddresses(values)}
    return {address.lower() for address in found if "@" in address}


def one_line(answer) -> str:
    """A FETCH answer with its literals as quoted strings."""
    text = ""
    for piece in answer:
        if isinstance(piece, tuple):
            quoted = piece[1].decode("latin-1").replace("\\", "\\\\").replace('"', '\\"')
            text += re.sub(r"\{\d+\}$", "", piece[0].decode("latin-1")) + f'"{quoted}"'
        else:
            text += piece.decode("latin-1")
    return text


QUOTED = r'(?:"(?:[^"\\]|\\.)*"|NIL)'
MAILBOX = rf"\({QUOTED} {QUOTED} ({QUOTED}) ({QUOTED})\)"


def envelope_addresses(client: imaplib.IMAP4) -> dict[str, set[str]]:
    """Token -> whom Dovecot's ENVELOPE names as from and sender."""
    shown = {}
    for number in client.search(None, "ALL")[1][0].split():
        raw = client.fetch(number, "(BODY.PEEK[])")[1][0][1]
        found = TOKEN.search(raw)
        envelope = re.search(rf"ENVELOPE \({QUOTED} {QUOTED} (NIL|\((?:{MAILBOX})+\)) (NIL|\((?:{MAILBOX})+\))",
                             one_line(client.fetch(number, "(ENVELOPE)")[1]))
        assert envelope, number
        if found:
            lists = [group for group in envelope.groups() if group and group.startswith("((")]
            shown[found[1].decode()] = {f"{mailbox}@{host}".replace('"', "").lower() for one in lists
                                        for mailbox, host in re.findall(MAILBOX, one) if host != "NIL"}  # else a group
    return shown


def test_no_reader_sees_a_sender_that_was_not_judged(start, pair, anna, tmp_path):
    proxy = start("enforce")
    accepted = {}
    headers = variants()
    assert len(headers) >= 150
    for header in headers:
        reply, token = hand_in(proxy, anna, header)
        assert reply.code in (250, 550), (header, reply)
        if reply.code == 250:
            accepted[token] = header
    assert 20 < len(accepted) < len(headers) / 2
    stored = {}

    def all_are_there():
        for raw in pair.old.messages(OWN):
            if found := TOKEN.search(raw):
                stored[found[1].decode()] = raw
        return accepted.keys() <= stored.keys()

    wait_until(all_are_there, "the accepted messages", 60)
    client = proxy.clients.imap(anna)
    client.select()
    dovecot = envelope_addresses(client)
    client.logout()
    assert accepted.keys() <= dovecot.keys()
    # Dovecot names nobody as MISSING_MAILBOX@MISSING_DOMAIN.
    own = re.compile(r"(anna|info)(\+[^@]*)?@example\.org|missing_mailbox@missing_domain")
    for token, header in accepted.items():
        for reader, shown in (("email", addresses_shown(stored[token])), ("Dovecot", dovecot[token])):
            assert all(own.fullmatch(one) for one in shown), (reader, shown, header[:300])
    # neomutt matches names too; where the foreign address is part of a name the two above have shown what is one.
    reader = Neomutt(Task(anna, True, proxy.ports, pair.authority.ca, tmp_path, tmp_path))
    seen = {token.decode() for token in TOKEN.findall(reader.senders_matching("victim"))} & accepted.keys()
    names = (rb'.*".*victim.*".* <OWN>', rb"OWN \(.*\)", rb"\(.*\) OWN", rb"=\?.*\?= <OWN>", rb"anna\+boss=.*@example\.org",
             rb"boss\xef\xbc\xa0victim\.example <OWN>")
    in_a_name = re.compile(b"From: ?(" + b"|".join(names).replace(b"OWN", rb"anna@example\.org") + b")\r\n")
    assert [accepted[token] for token in seen if not in_a_name.fullmatch(accepted[token])] == []
    assert accepted.keys() & {token.decode() for token in TOKEN.findall(reader.senders_matching("anna@example"))}

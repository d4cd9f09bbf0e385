"""Only CRLF.CRLF ends a message: no byte sequence is one message for us and two for the server behind.

The real Postfix behind would take LF.LF and its like for an end (its default here), so whatever the proxy
passed through unchanged would arrive as two messages.
"""

import itertools

import pytest

from support.clients import new_message
from support.fake_smtp import FakeSmtp
from support.proxy_settings import clear_backend
from support.waiting import wait_until

ENDS = {"CRLF": b"\r\n", "LF": b"\n", "CR": b"\r"}
FALSE_ENDS = {f"{before}.{after}": ENDS[before] + b"." + ENDS[after]
              for before, after in itertools.product(ENDS, ENDS) if (before, after) != ("CRLF", "CRLF")}
FALSE_ENDS |= {"CRCRLF.CRCRLF": b"\r\r\n.\r\r\n", "LFCR.LFCR": b"\n\r.\n\r", "CRLF.NUL.CRLF": b"\r\n.\0\r\n",
               "CRLF. CRLF": b"\r\n. \r\n", "NUL CRLF.LF": b"\0\r\n.\n"}
SMUGGLED = (b"MAIL FROM:<evil@elsewhere.example>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\n"
            b"From: ceo@example.org\r\nMessage-ID: <smuggled@elsewhere.example>\r\n\r\nPay me.\r\n")


def parts(text: bytes, around: int, width: int):
    """`text` uncut, then cut in two at each byte of the false end and just beside it."""
    yield (text,)
    for cut in range(around - 1, around + width + 2):
        yield (text[:cut], text[cut:])


@pytest.mark.parametrize("listener", ["smtp", "submission"])
@pytest.mark.parametrize("name", FALSE_ENDS)
def test_a_false_end_of_data_ends_nothing(proxy, pair, name, listener):
    anna = pair.account("anna@example.org")
    sent = []
    head = new_message(anna.login, anna.login).as_bytes().partition(b"Message-ID: ")[0].replace(b"\n", b"\r\n")
    probe = b"body" + FALSE_ENDS[name]
    for number, _ in enumerate(parts(probe, 4, len(FALSE_ENDS[name]))):
        message_id = new_message("a@b", "c@d")["Message-ID"]
        start = head + b"Message-ID: " + message_id.encode() + b"\r\n\r\nbody"
        text = start + FALSE_ENDS[name] + SMUGGLED + b".\r\n"
        dialogue = proxy.clients.smtp_dialogue() if listener == "smtp" else proxy.clients.submission_dialogue(anna)
        assert dialogue.begin(anna.login, anna.login)[1].code == 250
        assert dialogue.ask("DATA").code == 354
        for part in list(parts(text, len(start), len(FALSE_ENDS[name])))[number]:
            dialogue.say_raw(part)
        reply = dialogue.reply()
        assert dialogue.ask("NOOP").code == 250  # one reply for the content and no other before this
        assert dialogue.ask("QUIT").code == 221
        assert dialogue.rest() == b""
        assert reply.code == 250 or 500 <= reply.code < 600, reply
        if reply.code == 250:
            sent.append(message_id)
    wait_until(lambda: set(sent) <= set(pair.old.message_ids(anna.login)), "all messages", 30)
    wait_until(pair.old.is_settled, "the queue to empty", 30)
    on_old = pair.old.message_ids(anna.login)
    assert {on_old[message_id] for message_id in sent} <= {1}
    assert on_old["<smuggled@elsewhere.example>"] == 0


@pytest.mark.parametrize("name", [*FALSE_ENDS, "CRLF.CRLF"])
def test_in_chunks_no_end_of_data_ends_anything(proxy, pair, name):
    end = FALSE_ENDS.get(name, b"\r\n.\r\n")
    anna = pair.account("anna@example.org")
    head = new_message(anna.login, anna.login).as_bytes().partition(b"Message-ID: ")[0].replace(b"\n", b"\r\n")
    dialogue = proxy.clients.smtp_dialogue()
    sent = []
    for cut in range(len(end) + 1):
        sent.append(new_message("a@b", "c@d")["Message-ID"])
        assert dialogue.begin(anna.login, anna.login)[1].code == 250
        replies = dialogue.chunks(head + b"Message-ID: " + sent[-1].encode() + b"\r\n\r\nbody" + end[:cut],
                                  end[cut:] + SMUGGLED, b".\r\n")
        assert [reply.code for reply in replies] == [250] * 3, replies
    assert dialogue.ask("QUIT").code == 221
    assert dialogue.rest() == b""
    wait_until(lambda: set(sent) <= set(pair.old.message_ids(anna.login)), "all messages", 60)
    wait_until(pair.old.is_settled, "the queue to empty", 60)
    on_old = pair.old.message_ids(anna.login)
    assert {on_old[message_id] for message_id in sent} == {1}
    assert on_old["<smuggled@elsewhere.example>"] == 0


def test_content_is_respelled_exactly(start_between):
    """A lone LF becomes CRLF, a lone CR a space; long lines, NUL and dots pass."""
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        dialogue = proxy.clients.smtp_dialogue()
        assert dialogue.begin("friend@elsewhere.example", "anna@example.org")[1].code == 250
        body = (b"lone lf\nlone cr\rafter\r\n..dot\r\n...two dots\r\nnul\0here\r\n" + b"x" * 20000
                + b"\r\n8bit \xfc\xff\r\n\r\n")
        assert dialogue.content(b"Subject: exact\r\n\r\n" + body).code == 250
        wait_until(lambda: fake.taken, "the message")
        assert fake.taken[0].content.partition(b"\r\n\r\n")[2] == (
            b"lone lf\r\nlone cr after\r\n..dot\r\n...two dots\r\nnul\0here\r\n" + b"x" * 20000
            + b"\r\n8bit \xfc\xff\r\n\r\n")


def test_an_empty_message_and_one_that_begins_with_a_dot(start_between):
    with FakeSmtp() as fake:
        proxy = start_between(clear_backend(smtp=fake.port), clear_backend())
        for text in (b"", b"..\r\n", b"\r\n"):
            dialogue = proxy.clients.smtp_dialogue()
            dialogue.begin("friend@elsewhere.example", "anna@example.org")
            assert dialogue.ask("DATA").code == 354
            dialogue.say_raw(text + b".\r\n")
            assert dialogue.reply().code == 250
        wait_until(lambda: len(fake.taken) == 3, "three messages")
        assert all(message.content.startswith(b"Received: ") for message in fake.taken)

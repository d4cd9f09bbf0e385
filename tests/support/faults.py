"""What a backend may do instead of answering. Each is a script for one `Peer`."""

import time

from .peer import Gone, Peer


def silent(peer: Peer) -> None:
    """Says nothing until the proxy gives up."""
    peer.rest()


def closes(peer: Peer) -> None:
    """Closes the connection in good order."""
    raise Gone("fault: closes")


def resets(peer: Peer) -> None:
    """Resets the connection."""
    peer.reset()
    raise Gone("fault: resets")


def talks_nonsense(peer: Peer) -> None:
    """Answers with a line of no protocol, then waits."""
    peer.say("\x01\x02 what is this?")
    peer.rest()


def never_ends_its_line(peer: Peer) -> None:
    """Sends one line without an end."""
    while True:
        peer.say_raw(b"x" * 65536)


def never_ends_its_reply(peer: Peer) -> None:
    """Sends continuation lines (of SMTP and, as untagged data, of IMAP) without an end."""
    block = b"250-and more\r\n* and more\r\n" * 2000
    while True:
        peer.say_raw(block)


def drips(peer: Peer) -> None:
    """Sends an octet now and then, so that a timer which each octet restarts never fires."""
    while True:
        peer.say_raw(b"2")
        time.sleep(0.2)  # the fault itself, not a wait for something


ALL = (silent, closes, resets, talks_nonsense, never_ends_its_line, never_ends_its_reply, drips)

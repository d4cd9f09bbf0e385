"""Whoever sends: people at submission, other mail servers at port 25."""

import random
import time
from collections import deque
from dataclasses import dataclass
from typing import Callable, Optional

from support.accounts import Account
from support.clients import new_message
from support.dialogue import SmtpDialogue

from scenarios.ledger import Letter
from scenarios.world import INTERRUPTED, World

_RETRY_SECONDS = 10  # how long another server keeps what was deferred before it tries again


@dataclass(frozen=True)
class _Outgoing:
    """A message until it is accepted or refused."""

    sender: str
    address: str
    reader: Account
    message_id: str
    octets: bytes


def submit(world: World, choice: random.Random) -> None:
    """People who write to each other, across domains; they press Send until it is gone."""
    people = [account for account in world.readers if "*" not in account.senders]
    while not world.over.is_set():
        sender = choice.choice(people)
        message = _compose(world, sender.login, choice)
        while not world.over.is_set() and not _offer(world, message, lambda: world.submission(sender)):
            world.over.wait(0.1)
        world.think()


def deliver(world: World, choice: random.Random) -> None:
    """Another mail server with mail for everybody; what is deferred waits in its queue and is tried again."""
    queue: deque[tuple[float, _Outgoing]] = deque()
    is_turn_of_new = True
    while not world.over.is_set():
        if queue and queue[0][0] <= time.monotonic() and not is_turn_of_new:
            message = queue.popleft()[1]
        else:
            message = _compose(world, "friend@elsewhere.example", choice)
        is_turn_of_new = not is_turn_of_new
        world.ledger.note_inbound()
        if not _offer(world, message, world.clients.smtp_dialogue):
            queue.append((time.monotonic() + _RETRY_SECONDS, message))
        world.think()


def _compose(world: World, sender: str, choice: random.Random) -> _Outgoing:
    address = choice.choice(sorted(world.mailboxes))
    message = new_message(sender, address, f"Number {choice.randrange(10**6)}.\n")
    return _Outgoing(sender, address, world.mailboxes[address], message["Message-ID"],
                     message.as_bytes().replace(b"\n", b"\r\n"))


def _offer(world: World, message: _Outgoing, connect: Callable[[], Optional[SmtpDialogue]]) -> bool:
    """One attempt; whether that was the last that the message needs."""
    try:
        dialogue = connect()
        if not dialogue:
            return True
        began = time.monotonic()
        reply = next((reply for reply in dialogue.begin(message.sender, message.address) if reply.code >= 400), None)
        reply = reply or dialogue.content(message.octets)
        accepted = time.monotonic()
        _take_leave(dialogue)
    except INTERRUPTED as error:
        world.ledger.note_deferral(message.message_id, f"({error or 'closed'})")
        return False
    if reply.code == 250:
        reader = message.reader
        world.ledger.note_letter(Letter(message.message_id, reader.login, reader.domain, began, accepted))
        return True
    if reply.code >= 500:
        world.ledger.note_refusal(f"{message.sender} to {message.address}: {reply}")
        return True
    world.ledger.note_deferral(message.message_id, f"{reply.code} {reply.enhanced}")
    return False


def _take_leave(dialogue: SmtpDialogue) -> None:
    try:
        dialogue.ask("QUIT")
    except INTERRUPTED:
        pass  # the message's fate is known already
    finally:
        dialogue.close()

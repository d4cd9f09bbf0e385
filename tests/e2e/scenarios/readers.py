"""People's mail programs on the access side: a phone in IDLE, programs on a timer, one that files what it sent."""

import random
import time
from typing import Callable

from support.accounts import Account
from support.clients import new_message
from support.dialogue import ImapDialogue, PopDialogue
from support.peer import Gone

from scenarios.ledger import Letter, Return
from scenarios.world import INTERRUPTED, World


def idle(world: World, account: Account, number: int) -> None:
    """A phone: sits in IDLE, fetches what is announced, comes back at once when told BYE."""
    ended, farewell = 0.0, ""
    while not world.over.is_set():
        dialogue = world.imap(account)
        if not dialogue:
            continue
        try:
            if ended:
                took = time.monotonic() - ended
                world.ledger.note_return(Return(account.login, took, _server(dialogue), farewell))
                ended = 0.0
            dialogue.ask("SELECT INBOX")
            _sit_in_idle(world, dialogue, (account.login, number))
            dialogue.ask("LOGOUT")
        except INTERRUPTED as error:
            # A BYE that crossed a command of ours lies among its untagged replies.
            ended = time.monotonic()
            farewell = next((line for line in dialogue.heard if line.startswith("* BYE")), str(error) or "closed")
        finally:
            world.idle.discard((account.login, number))
            dialogue.close()


def _sit_in_idle(world: World, dialogue: ImapDialogue, who: tuple[str, int]) -> None:
    while not world.over.is_set():
        tag = dialogue.idle()
        world.idle.add(who)
        dialogue.socket.settimeout(0.5)
        try:
            while not world.over.is_set():
                try:
                    line = dialogue.line()
                except TimeoutError:
                    continue
                if line.startswith("* BYE"):
                    raise Gone(line)
                if line.endswith(" EXISTS"):
                    break
        finally:
            dialogue.socket.settimeout(30)
        dialogue.say("DONE")
        dialogue.until_tagged(tag)
        dialogue.ask("FETCH * (UID BODY.PEEK[HEADER])")


def _server(dialogue: ImapDialogue) -> str:
    told = " ".join(dialogue.ask('LIST "" "this-is-*"'))
    return "new" if "this-is-new" in told else "old" if "this-is-old" in told else "?"


def fetch(world: World, choice: random.Random) -> None:
    """A desktop program on a timer: logs in, looks through the inbox, logs out."""

    def look(dialogue: ImapDialogue, _) -> None:
        dialogue.ask("SELECT INBOX")
        dialogue.ask("FETCH 1:* (UID FLAGS BODY.PEEK[HEADER])")
        dialogue.ask("NOOP")
        dialogue.ask("LOGOUT")

    _visit_again_and_again(world, choice, world.imap, look)


def pop(world: World, choice: random.Random) -> None:
    """A program that leaves its mail on the server: counts, and reads the newest message."""

    def collect(dialogue: PopDialogue, _) -> None:
        count = int(dialogue.ask("STAT").split()[1])
        dialogue.ask("UIDL")
        dialogue.lines()
        if count and dialogue.ask(f"RETR {count}").startswith("+OK"):
            dialogue.lines()
        dialogue.ask("QUIT")

    _visit_again_and_again(world, choice, world.pop, collect)


def append(world: World, choice: random.Random) -> None:
    """A program that files what it has sent."""

    def file(dialogue: ImapDialogue, account: Account) -> None:
        _file(world, dialogue, account)
        dialogue.ask("LOGOUT")

    _visit_again_and_again(world, choice, world.imap, file)


def _visit_again_and_again(world: World, choice: random.Random, log_in: Callable, do: Callable) -> None:
    """`do` gets the dialogue and whose it is; being ended on the way is a mail program's everyday life."""
    while not world.over.is_set():
        account = choice.choice(world.readers)
        dialogue = log_in(account)
        if not dialogue:
            continue
        try:
            do(dialogue, account)
        except INTERRUPTED:
            pass
        finally:
            dialogue.close()
        world.think()


def _file(world: World, dialogue: ImapDialogue, account: Account) -> None:
    message = new_message(account.login, "friend@elsewhere.example")
    octets = message.as_bytes().replace(b"\n", b"\r\n")
    began = time.monotonic()
    tag = dialogue.send(f"APPEND INBOX {{{len(octets)}}}")
    while not (line := dialogue.line()).startswith("+"):
        if line.startswith("* BYE"):
            raise Gone(line)
    dialogue.say_raw(octets + b"\r\n")
    answer = dialogue.until_tagged(tag)[-1]
    if answer.startswith("OK"):
        world.ledger.note_letter(Letter(message["Message-ID"], account.login, account.domain, began, time.monotonic()))
    else:
        world.ledger.note_refusal(f"APPEND for {account.login}: {answer}")

"""Accounts as the tests and the servers know them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """A mailbox and its rightful owner.

    `login` is the exact spelling, `senders` what accounts.csv lists as further addresses.
    """

    login: str
    password: str
    senders: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # addresses whose mail lands in this mailbox
    pin: str = ""

    @property
    def domain(self) -> str:
        return self.login.rpartition("@")[2]

    @property
    def mailbox(self) -> str:
        """The folder name on the servers, which fold case."""
        return self.login.lower()

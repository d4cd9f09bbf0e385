"""Clients of the proxy, ready for use: encrypted, with the name checked, logged in if asked."""

from typing import Optional

from .accounts import Account
from .authority import Authority
from .clients import ImapOverTls, ImapWithStartTls, SmtpOverTls, SmtpWithStartTls
from .dialogue import ImapDialogue, PopDialogue, SmtpDialogue
from .proxy_settings import PROXY_NAME
from .stellwerk import Stellwerk


class Clients:
    """Made for one proxy and the authority its certificates come from."""

    def __init__(self, proxy: Stellwerk, authority: Authority):
        self._ports = proxy.ports
        self.context = authority.client_context()
        self.ca = authority.ca

    def imap(self, account: Optional[Account] = None, implicit: bool = True):
        """imaplib on 993's or 143's listener."""
        client = (ImapOverTls(self._ports["imaps"], self.context, PROXY_NAME) if implicit
                  else ImapWithStartTls(self._ports["imap"]).encrypt(self.context, PROXY_NAME))
        if account:
            client.login(account.login, account.password)
        return client

    def submission(self, account: Optional[Account] = None, implicit: bool = True):
        """smtplib on 465's or 587's listener."""
        client = (SmtpOverTls(self._ports["submissions"], self.context, PROXY_NAME) if implicit
                  else SmtpWithStartTls(self._ports["submission"]).encrypt(self.context, PROXY_NAME))
        if account:
            client.login(account.login, account.password)
        return client

    def port25(self):
        """smtplib on 25's listener, upgraded."""
        return SmtpWithStartTls(self._ports["smtp"]).encrypt(self.context, PROXY_NAME)

    def imap_dialogue(self, account: Optional[Account] = None) -> ImapDialogue:
        dialogue = ImapDialogue(self._ports["imaps"], self.context)
        if account:
            answer = dialogue.login(account.login, account.password)
            assert answer.startswith("OK"), answer
        return dialogue

    def pop_dialogue(self) -> PopDialogue:
        """On the listener of ACCESS_LISTENERS with TLS from the first byte."""
        return PopDialogue(self._ports["pop3s"], self.context)

    def submission_dialogue(self, account: Optional[Account] = None) -> SmtpDialogue:
        dialogue = SmtpDialogue(self._ports["submissions"], self.context)
        dialogue.ehlo()
        if account:
            answer = dialogue.auth_plain(account.login, account.password)
            assert answer.code == 235, answer
        return dialogue

    def smtp_dialogue(self) -> SmtpDialogue:
        """Port 25, upgraded and greeted again."""
        dialogue = SmtpDialogue(self._ports["smtp"])
        dialogue.ehlo()
        dialogue.upgrade(self.context)
        dialogue.ehlo()
        return dialogue

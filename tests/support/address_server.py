"""A real mail server that learns the client's address in every way there is, each on a port of its own."""

from pathlib import Path
from typing import Iterable

from .accounts import Account
from .authority import Authority
from .mail_server import MailServer
from .ports import free_port
from .waiting import answers, wait_until

ADDRESS = "127.0.0.1"


class AddressServer(MailServer):
    """XCLIENT and ID on the usual ports, PROXY headers on those named `..._header`.

    `smtp_deaf`: no XCLIENT for anybody, and whoever comes from 127.0.0.0/8 may relay: the trap that
    "never on without it" is about. `smtp_screen`: a postscreen behind PROXY headers.
    `smtp_trusting`: XCLIENT, and 127.0.0.0/8 may relay.
    """

    def __init__(self, folder: Path, authority: Authority, accounts: Iterable[Account], sink_port: int):
        self.imap_header, self.imaps_header = free_port(), free_port()
        self.pop3_header, self.sieve_header = free_port(), free_port()
        self.smtp_header, self.smtp_screen = free_port(), free_port()
        self.smtp_deaf, self.smtp_trusting = free_port(), free_port()
        self.submission_header = free_port()
        super().__init__(folder, "old", authority, accounts, sink_port, folds_case=True,
                         postfix_settings=_POSTFIX, postfix_services=self._services(),
                         dovecot_extra=self._listeners())

    def start(self) -> "AddressServer":
        super().start()
        for port in (self.imap_header, self.pop3_header, self.sieve_header, self.smtp_header, self.smtp_screen,
                     self.smtp_deaf, self.smtp_trusting, self.submission_header):
            wait_until(lambda p=port: answers(ADDRESS, p), f"port {port}")
        return self

    def _services(self) -> str:
        header = "-o smtpd_upstream_proxy_protocol=haproxy"
        trusting = ("-o mynetworks=127.0.0.0/8 "
                    "-o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination")
        submission = ("-o smtpd_sasl_auth_enable=yes "
                      "-o smtpd_relay_restrictions=permit_sasl_authenticated,reject")
        return f"""
{ADDRESS}:{self.smtp_header} inet n - n - - smtpd {header}
{ADDRESS}:{self.submission_header} inet n - n - - smtpd {header} {submission}
{ADDRESS}:{self.smtp_deaf} inet n - n - - smtpd -o smtpd_authorized_xclient_hosts= {trusting}
{ADDRESS}:{self.smtp_trusting} inet n - n - - smtpd {trusting}
{ADDRESS}:{self.smtp_screen} inet n - n - 1 postscreen -o postscreen_upstream_proxy_protocol=haproxy
smtpd     pass  -       -       n       -       -       smtpd
dnsblog   unix  -       -       n       -       0       dnsblog
tlsproxy  unix  -       -       n       -       0       tlsproxy
"""

    def _listeners(self) -> str:
        return f"""
haproxy_trusted_networks = 127.0.0.0/8
service imap-login {{
  inet_listener imap_header {{
    port = {self.imap_header}
    haproxy = yes
  }}
  inet_listener imaps_header {{
    port = {self.imaps_header}
    haproxy = yes
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3_header {{
    port = {self.pop3_header}
    haproxy = yes
  }}
}}
service managesieve-login {{
  inet_listener sieve_header {{
    port = {self.sieve_header}
    haproxy = yes
  }}
}}
"""


_POSTFIX = {
    "inet_protocols": "all",  # else smtpd drops PROXY headers with IPv6 addresses
    "postscreen_greet_wait": "1s",
    "postscreen_greet_action": "ignore",
    "postscreen_dnsbl_action": "ignore",
}

"""Programs that carry mail from a mailbox to a local file."""

from .base import HOST, Client


class Fetchmail(Client):
    package = "fetchmail"
    protocol = "imap"

    def fetch(self, token: str) -> bytes:
        account, mail = self.task.account, self.task.folder / "mail"
        settings = self.task.write("fetchmailrc", f"""
poll {HOST} service {self.task.port(self.protocol)} protocol {self.protocol.upper()}
  user "{account.login}" password "{account.password}"
  {"ssl" if self.task.implicit else ""} sslproto "TLS1.2+" sslcertck sslcertfile "{self.task.ca}"
  keep fetchall no rewrite mda "cat >> {mail}"
""")
        self.task.run("fetchmail", "-f", settings, "--pidfile", self.task.folder / "pid", "-i",
                      self.task.folder / "seen", "--nosyslog")
        return mail.read_bytes()


class FetchmailPop3(Fetchmail):
    protocol = "pop3"


# getmail 6.18 forks, then catches SIGCHLD, then waits to be told by it; it waits for minutes for what ended sooner
# (docker/RUNBOOK.md). So what is forked waits until getmail does: SIGCHLD among the caught signals, and asleep.
_PARENT_WAITS = ("grep -q '^SigCgt:.*[13579bdf]....$' /proc/$PPID/status "
                 "&& grep -q '^State:.S' /proc/$PPID/status")


class Getmail(Client):
    package = "getmail6"
    has_starttls = False
    retriever = "SimpleIMAPSSLRetriever"
    protocol = "imap"

    def fetch(self, token: str) -> bytes:
        account, mail = self.task.account, self.task.folder / "mail"
        self.task.write("getmailrc", f"""
[retriever]
type = {self.retriever}
server = {HOST}
port = {self.task.port(self.protocol)}
username = {account.login}
password = {account.password}
ca_certs = {self.task.ca}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "until {_PARENT_WAITS}; do :; done; cat >> {mail}")
allow_root_commands = true
[options]
delete = false
read_all = true
""")
        self.task.run("getmail", "--getmaildir", self.task.folder, "--rcfile", "getmailrc")
        return mail.read_bytes()


class GetmailPop3(Getmail):
    retriever = "SimplePOP3SSLRetriever"
    protocol = "pop3"

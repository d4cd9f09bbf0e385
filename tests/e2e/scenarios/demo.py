"""scripts/demo: one domain moves between two real mail servers under live traffic.

The last line is `demo: logins=N failed_logins=N sent=N delivered_old=N delivered_new=N lost=N duplicated=N`,
counted on the servers' disks. Exit code 0 means that failed_logins, lost and duplicated are 0 and that the
refusals shown were refusals.
"""

import argparse
import os
import re
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

E2E = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(E2E), str(E2E.parent)]  # scenarios, support

from scenarios.ledger import Ledger, Return, Tally  # noqa: E402
from scenarios.paper import Paper  # noqa: E402
from scenarios.traffic import Traffic  # noqa: E402
from support.accounts import Account  # noqa: E402
from support.clients import new_message  # noqa: E402
from support.dialogue import ImapDialogue, SmtpDialogue  # noqa: E402
from support.fake_dns import MX, A, FakeDns  # noqa: E402
from support.mail_pair import MailPair  # noqa: E402
from support.move_hooks import final_sync_command, quiesce_command  # noqa: E402
from support.proxy_clients import Clients  # noqa: E402
from support.proxy_settings import (  # noqa: E402
    ACCESS_LISTENERS, LISTENERS, PROXY_NAME, real_backend, settings_for)
from support.stellwerk import Stellwerk  # noqa: E402
from support.waiting import wait_until  # noqa: E402

MOVED = "example.org"
ROUTES = {"example.org": "old", "example.net": "old", "example.com": "new"}
ACCOUNTS = (
    Account("anna@example.org", "anna-demo", senders=("info@example.org",), aliases=("info@example.org",)),
    Account("Max.Muster@example.org", "max-demo"),
    Account("office@example.org", "office-demo", senders=("@example.org",)),
    Account("lena@example.org", "lena-demo"),
    Account("bert@example.net", "bert-demo"),
    Account("tom@example.net", "tom-demo"),
    Account("uta@example.net", "uta-demo"),
    Account("everything@example.net", "everything-demo"),
    Account("carla@example.com", "carla-demo"),
    Account("nils@example.com", "nils-demo"),
    Account("pia@example.com", "pia-demo"),
    Account("relay@example.com", "relay-demo", senders=("*",)),
)
CATCH_ALL = {"example.net": "everything@example.net"}
LETTERS_EACH = 5
LETTERS_PER_ACT = 60


def fill_mailboxes(pair: MailPair) -> None:
    """Everybody has some mail where they read it; of the domain that will move, both servers do."""
    for account in pair.accounts:
        for side in {ROUTES[account.domain], "new"} if account.domain == MOVED else {ROUTES[account.domain]}:
            server = pair.server(side)
            dialogue = ImapDialogue(server.dovecot.imaps_port, pair.authority.client_context(), server.host)
            assert dialogue.login(account.login, account.password).startswith("OK")
            for _ in range(LETTERS_EACH):
                text = new_message("friend@elsewhere.example", account.login).as_bytes().replace(b"\n", b"\r\n")
                tag = dialogue.send(f"APPEND INBOX {{{len(text)}}}")
                dialogue.line()
                dialogue.say_raw(text + b"\r\n")
                assert dialogue.until_tagged(tag)[-1].startswith("OK")
            dialogue.ask("LOGOUT")


def start_proxy(pair: MailPair, cleanup: ExitStack) -> Stellwerk:
    certificate = pair.authority.issue(PROXY_NAME, "localhost", "127.0.0.1")
    settings, ports = settings_for(
        certificate, real_backend(pair.old, pair.authority, "starttls", "starttls", "none"),
        real_backend(pair.new, pair.authority, "implicit", "implicit", "starttls"),
        listeners={**LISTENERS, **ACCESS_LISTENERS})
    settings["log"] = {"level": "info", "format": "text"}
    settings["budgets"] = {"drain": "10s"}
    # What the gate `mx` asks: mail for the domain comes to us.
    dns = cleanup.enter_context(FakeDns({(MOVED, MX): [(10, PROXY_NAME)], (PROXY_NAME, A): ["192.0.2.25"]}))
    settings["dns"] = {"servers": [dns.address]}
    settings["public_addresses"] = ["192.0.2.25"]
    proxy = Stellwerk(pair.folder / "proxy", settings, ports, ROUTES, pair.accounts)
    proxy.clients = Clients(proxy, pair.authority)
    cleanup.callback(proxy.kill)
    return proxy.start()


def show_stage(paper: Paper, pair: MailPair, proxy: Stellwerk) -> None:
    paper.section(1, "The stage")
    paper.say("Two real mail servers (Dovecot and Postfix from Debian), both with an account for everybody, and "
              "Stellwerk in front under the name clients always had. All on 127.0.0.1:")
    paper.table([
        ["", "IMAP", "POP3", "submission", "port 25", ""],
        ["old", f"{pair.old.dovecot.imap_port}", f"{pair.old.dovecot.pop3_port}", f"{pair.old.postfix.submission_port}",
         f"{pair.old.postfix.smtp_port}", "lets logins in whatever their case, anybody sends as anybody"],
        ["new", f"{pair.new.dovecot.imaps_port}", f"{pair.new.dovecot.pop3s_port}", f"{pair.new.postfix.submissions_port}",
         f"{pair.new.postfix.smtp_port}", "is strict about case"],
        ["proxy", f"{proxy.ports['imaps']}", f"{proxy.ports['pop3s']}", f"{proxy.ports['submissions']}",
         f"{proxy.ports['smtp']}",
         f"{PROXY_NAME}, TLS only"]])
    paper.say("")
    paper.table([["domain", "phase", "accounts"],
                 *[[domain, phase, ", ".join(account.login.partition("@")[0] for account in pair.accounts
                                             if account.domain == domain)]
                   for domain, phase in ROUTES.items()]])


def show_traffic(paper: Paper, traffic: Traffic, ledger: Ledger, pair: MailPair) -> None:
    paper.section(2, "Everyday traffic")
    traffic.start(idlers=pair.accounts, fetchers=2, appenders=1, poppers=1, submitters=3, servers=2)

    def busy() -> bool:
        traffic.check()
        return len(traffic.idle) == len(pair.accounts) and len(ledger.letters) >= LETTERS_PER_ACT

    wait_until(busy, "everyday traffic", 90)
    paper.say(f"{len(pair.accounts)} readers sit in IDLE, 2 more programs log in and FETCH over and over, one "
              "files what it has sent (APPEND), one collects by POP3, 3 people submit mail, 2 foreign servers deliver. "
              f"So far: {ledger.logins} logins, {len(ledger.letters)} messages.")


def move(paper: Paper, act: int, title: str, command: str, to: str, traffic: Traffic, ledger: Ledger, pair: MailPair,
         proxy: Stellwerk) -> None:
    """`switch` or `reverse` under the traffic, and its readers' way to the other side."""
    paper.section(act, title)
    readers = [account.login for account in pair.accounts if account.domain == MOVED]
    deferred, count, returned = sum(ledger.deferrals.values()), len(ledger.letters), len(ledger.returns)
    words = [command, MOVED, "--quiesce", quiesce_command(pair), "--final-sync", final_sync_command(pair)]
    paper.quote(f"$ stellwerk {' '.join(words)} -c stellwerk.yaml", "1")
    done = proxy.run(*words, timeout=300)
    paper.quote(done.stdout + done.stderr)
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with {done.returncode}")

    def settled() -> bool:
        traffic.check()
        back = {reader.login for reader in ledger.returns[returned:] if reader.server == to}
        return (set(readers) <= back and set(readers) <= set(traffic.idle)
                and len(ledger.letters) >= count + LETTERS_PER_ACT)

    wait_until(settled, lambda: f"the readers of {MOVED} to come back; back so far: {ledger.returns[returned:]}", 90)
    show_returns(paper, ledger, ledger.returns[returned:], readers, sum(ledger.deferrals.values()) - deferred)


def show_returns(paper: Paper, ledger: Ledger, returns: list[Return], readers: list[str], asked_back: int) -> None:
    own = [reader for reader in returns if reader.login in readers]
    paper.say(f"The {len(readers)} readers of {MOVED} were in IDLE. The last they heard of their old session:")
    for farewell in sorted({reader.farewell for reader in own}):
        paper.quote(farewell)
    paper.say("They logged in again at once, as mail programs do, and their logins waited for the end of the final sync. "
              "Nobody typed a password, none was refused:")
    paper.table([["reader", "back on", "after ms"],
                 *[[reader.login, reader.server, f"{reader.seconds * 1000:.0f}"] for reader in own]])
    paper.say("")
    cut = {reader.login for reader in own if not reader.farewell.startswith("* BYE [UNAVAILABLE]")}
    disturbed = {reader.login for reader in returns} - set(readers)
    if asked_back:
        paper.say(f"{times(asked_back)} a sender was asked to come back (a temporary reply, while its recipient's mailbox "
                  "was still), did so, and the message went to the right side.")
    else:
        paper.say("No sender was interrupted: what was under way finished where it had begun.")
    if not disturbed:
        paper.say("Sessions of the other two domains noticed nothing at all.")
    ledger.complaints += [f"{login} was cut off without a BYE" for login in sorted(cut)]
    ledger.complaints += [f"{login} had to come back, whose domain didn't move" for login in sorted(disturbed)]


def times(count: int) -> str:
    return {1: "Once", 2: "Twice"}.get(count, f"{count} times")


def show_refusals(paper: Paper, pair: MailPair, proxy: Stellwerk) -> bool:
    """Returns whether everything that should be refused was."""
    paper.section(5, "Who should not get in, doesn't")
    context = pair.authority.client_context()
    person = pair.account("bert@example.net")
    wrong = "BERT@Example.Net"

    direct = ImapDialogue(pair.old.dovecot.imaps_port, context, pair.old.host).login(wrong, person.password)
    strict = ImapDialogue(pair.new.dovecot.imaps_port, context, pair.new.host).login(wrong, person.password)
    through = ImapDialogue(proxy.ports["imaps"], context).login(wrong, person.password)
    paper.say(f"The account is {person.login}. Somebody logs in as {wrong}, with the right password. That works on the "
              "old server, would fail on the new one, and so must not become a habit:")
    paper.table([["", f"LOGIN {wrong}"], ["old server", re.sub(r" \[CAPABILITY[^]]*\]", "", direct)],
                 ["new server", strict], ["Stellwerk", through]])

    foreign = "pia@example.com"
    smtp = SmtpDialogue(pair.old.postfix.submissions_port, context, pair.old.host)
    smtp.ehlo()
    smtp.auth_plain(person.login, person.password)
    on_old = smtp.ask(f"MAIL FROM:<{foreign}>")
    ours = proxy.clients.submission_dialogue(person).ask(f"MAIL FROM:<{foreign}>")
    paper.say("")
    paper.say(f"Logged in as {person.login}, they now try to send mail as {foreign}:")
    paper.table([["", f"MAIL FROM:<{foreign}>"], ["old server", str(on_old)], ["Stellwerk", str(ours)]])
    return through.startswith("NO [AUTHENTICATIONFAILED]") and ours.code == 553 and ours.enhanced == "5.7.1"


def show_tally(paper: Paper, tally: Tally, ledger: Ledger) -> None:
    paper.section(6, "What the servers really hold")
    paper.table([["domain", "on old", "on new", "phase"],
                 *[[domain, str(tally.found["old"][domain]), str(tally.found["new"][domain]),
                    "old, new, old again" if domain == MOVED else phase] for domain, phase in ROUTES.items()]])
    paper.say("")
    for wrong, text in ((ledger.failed_logins, f"{ledger.logins} logins, {len(ledger.failed_logins)} failed"),
                        (tally.lost, f"{len(ledger.letters)} messages accepted, {len(tally.lost)} lost or on the wrong side"),
                        (tally.duplicated, f"{tally.duplicated} doubled"),
                        (ledger.refusals, f"{len(ledger.refusals)} refused for good that should not have been")):
        (paper.bad if wrong else paper.good)(text)
    for complaint in ledger.complaints:
        paper.bad(complaint)
    for problem in [*ledger.failed_logins, *tally.lost, *ledger.refusals][:20]:
        paper.quote(problem, "31")
    if ledger.second_tries:
        paper.say(f"{times(sum(ledger.second_tries.values()))} a login got a temporary answer and was tried again:")
        for answer, count in ledger.second_tries.most_common(5):
            paper.quote(f"{count} x {answer}")


def show_how_to_connect(paper: Paper, pair: MailPair, proxy: Stellwerk) -> None:
    paper.section(7, "It is yours now, until Ctrl-C")
    paper.table([["", "127.0.0.1 port"], ["IMAP with TLS", str(proxy.ports["imaps"])],
                 ["IMAP with STARTTLS", str(proxy.ports["imap"])], ["POP3 with TLS", str(proxy.ports["pop3s"])],
                 ["submission with TLS", str(proxy.ports["submissions"])],
                 ["submission with STARTTLS", str(proxy.ports["submission"])], ["port 25", str(proxy.ports["smtp"])]])
    paper.say(f"Passwords are the first name and `-demo`: bert@example.net has bert-demo, Max.Muster@example.org max-demo. "
              f"The certificate authority to trust is {pair.authority.ca}.")
    ca, ports = pair.authority.ca, proxy.ports
    as_root = "sudo " if "SUDO_USER" in os.environ else ""
    for purpose, command in (
            ("Who answers? Each server has a folder that names it:",
             f"curl --cacert {ca} -u anna@example.org:anna-demo imaps://localhost:{ports['imaps']}/"),
            ("Talk IMAP by hand (a login bert@example.net bert-demo):",
             f"openssl s_client -quiet -crlf -CAfile {ca} -servername {PROXY_NAME} -connect 127.0.0.1:{ports['imaps']}"),
            ("Send a message; with another name behind -f it is refused:",
             f"swaks --server 127.0.0.1:{ports['submissions']} --tlsc -a PLAIN -au bert@example.net -ap bert-demo "
             "-f bert@example.net -t anna@example.org"),
            ("What the operator sees:", f"{as_root}{proxy.binary} status -c {proxy.config}"),
            ("Move another domain:",
             f"{as_root}{proxy.binary} switch example.net --waive mx='no DNS for it here' --quiesce "
             f"{quiesce_command(pair)} --final-sync {final_sync_command(pair)} -c {proxy.config}"),
            ("The log:", f"tail -f {proxy.folder}/proxy.log")):
        paper.say(purpose)
        paper.quote(command)


def run(keep: bool) -> int:
    paper = Paper()
    paper.title("Stellwerk: a domain moves to another mail server, and nobody notices")
    ledger = Ledger()
    with ExitStack() as cleanup:
        pair = cleanup.enter_context(MailPair(ACCOUNTS, CATCH_ALL))
        fill_mailboxes(pair)
        proxy = start_proxy(pair, cleanup)
        show_stage(paper, pair, proxy)
        addresses = {address: account for account in pair.accounts for address in (account.login, *account.aliases)}
        addresses["whatever@example.net"] = pair.account(CATCH_ALL["example.net"])
        traffic = Traffic(proxy, ledger, addresses)
        cleanup.callback(traffic.stop)
        show_traffic(paper, traffic, ledger, pair)
        move(paper, 3, f"{MOVED} moves to the new server, while all of that goes on", "switch", "new", traffic, ledger,
             pair, proxy)
        move(paper, 4, "And back again, with all that has arrived meanwhile", "reverse", "old", traffic, ledger, pair,
             proxy)
        if not show_refusals(paper, pair, proxy):
            ledger.complaints.append("a wrong-cased login or a foreign sender was not refused")
        traffic.stop()
        traffic.check()
        wait_until(lambda: pair.old.is_settled() and pair.new.is_settled(), "both servers' queues to empty", 60)
        tally = Tally.take(pair, ledger, ROUTES)
        show_tally(paper, tally, ledger)
        if keep:
            show_how_to_connect(paper, pair, proxy)
            try:
                signal.pause()
            except KeyboardInterrupt:
                paper.say("Cleaning up ...")
        proxy.stop()
    paper.last(f"demo: logins={ledger.logins} failed_logins={len(ledger.failed_logins)} sent={len(ledger.letters)} "
               f"delivered_old={sum(tally.found['old'].values())} delivered_new={sum(tally.found['new'].values())} "
               f"lost={len(tally.lost)} duplicated={tally.duplicated}")
    wrong = ledger.failed_logins or tally.lost or tally.duplicated or ledger.refusals or ledger.complaints
    return 1 if wrong else 0


def main() -> int:
    words = argparse.ArgumentParser(prog="scripts/demo", description="A domain moves between two mail servers, live.")
    words.add_argument("--keep", action="store_true", help="leave all running and say how to connect by hand")
    keep = words.parse_args().keep

    def end(number, _) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: let the cleaning up finish
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        return run(keep)
    except KeyboardInterrupt:
        print("\nStopped, and cleaned up.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001, said below
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

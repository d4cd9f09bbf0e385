"""`findings import`: what the old server's logs tell, before a proxy stands and beside one."""

import json
import os
import sqlite3
import stat
import subprocess
import time

import pytest

from support.waiting import wait_until

OBSERVE = {"policy": {"login_case": "observe", "sender_binding": {"envelope": "observe", "header": "observe"}}}


def day(ago):
    """Some days ago, as syslog writes it; a day of one digit is padded."""
    when = time.localtime(time.time() - ago * 86400)
    return time.strftime("%b ", when) + f"{when.tm_mday:2d}"


def dovecot(ago, login, service="imap-login", tls=", TLS"):
    return (f"{day(ago)} 00:01:02 mail dovecot: {service}: Login: user=<{login}>, method=PLAIN, rip=192.0.2.1, "
            f"lip=192.0.2.2, mpid=4711{tls}, session=<dBeGjN1g4ox/AAAB>\n")


def refused(ago, login):
    return (f"{day(ago)} 00:01:02 mail dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts "
            f"in 2 secs): user=<{login}>, method=PLAIN, rip=192.0.2.66, lip=192.0.2.2, TLS, session=<x>\n")


def received(queue_id, login, service="postfix/submission/smtpd"):
    return (f"{day(1)} 00:02:02 mail {service}[12]: {queue_id}: client=pc.example[192.0.2.7], sasl_method=PLAIN, "
            f"sasl_username={login}\n")


def queued(queue_id, sender):
    return (f"{day(1)} 00:02:03 mail postfix/qmgr[9]: {queue_id}: from=<{sender}>, size=655, nrcpt=1 (queue active)\n"
            f"{day(1)} 00:02:04 mail postfix/qmgr[9]: {queue_id}: removed\n")


LOG = "".join([
    f"{day(5)} 00:00:00 mail kernel: nothing to see here\n",
    dovecot(3, "ANNA@example.org"), dovecot(2, "ANNA@example.org"), dovecot(2, "anna@example.org"),
    dovecot(2, "bert@example.net", "pop3-login", ""), refused(2, "ghost@example.org"),
    dovecot(2, "a>, method=PLAIN, rip=203.0.113.1, x@example.org"),
    received("4D2A72E1C01", "anna@example.org"), queued("4D2A72E1C01", "anna@club.example"),
    received("4cGzXk3Vq1z9vLn", "bert@example.net", "postfix/smtpd"), queued("4cGzXk3Vq1z9vLn", "gone@example.net"),
    "neither a time nor a host\n", "x" * 9000 + "\n"])


@pytest.fixture
def idle(start_proxy):
    """Where a proxy has been: its files, without its findings."""
    proxy = start_proxy(settings=OBSERVE)
    proxy.stop()
    for left in (proxy.folder / "state").glob("findings.db*"):
        left.unlink()
    return proxy


def import_text(proxy, text, name="mail.log"):
    file = proxy.folder / name
    file.write_text(text)
    return proxy.ask("findings", "import", str(file))


def told(proxy):
    return {(one["kind"], one["login"], one["address"]): one for one in proxy.ask("findings")["findings"]}


def test_logs_of_both_servers_give_findings_and_rows(idle):
    summary = import_text(idle, LOG)
    assert summary["findings"] == {"wrong_case": 2, "foreign_sender": 2, "unknown_login": 2, "pop3_used": 1,
                                   "plaintext_attempt": 1, "submission_on_25": 1}
    assert (summary["logins"], summary["refused_logins"], summary["messages"]) == (8, 1, 2)
    assert (summary["lines"], summary["lines_before"], summary["unreadable"]) == (LOG.count("\n"), 0, 2)
    assert summary["days"] == 3 and summary["first_day"] < summary["last_day"]

    found = told(idle)
    case = found["wrong_case", "ANNA@example.org", ""]
    assert (case["count"], case["accepted"], case["client"], case["domain"]) == (2, 2, "192.0.2.1", "example.org")
    assert case["first_seen"] < case["last_seen"] and case["listener"] == "imap-login"
    assert found["unknown_login", "ghost@example.org", ""]["accepted"] == 0
    assert found["unknown_login", "a>, method=PLAIN, rip=203.0.113.1, x@example.org", ""]["client"] == "192.0.2.1"
    assert found["foreign_sender", "anna@example.org", "anna@club.example"]["client"] == "192.0.2.7"
    assert found["submission_on_25", "bert@example.net", ""]["listener"] == "postfix/smtpd"
    assert found["plaintext_attempt", "bert@example.net", ""]["accepted"] == 1
    seen = idle.ask("findings")
    assert seen["days"] == 3 and seen["observed_days"]["example.net"] == 2

    rows = {row["login"]: row for row in idle.ask("accounts", "propose")["rows"]}
    assert rows["anna@example.org"]["senders"].split() == ["info@example.org", "anna@club.example"]
    assert rows["ANNA@example.org"]["old_login"] == "anna@example.org"
    assert "dead sender" in " ".join(rows["bert@example.net"]["remarks"])
    assert "ghost@example.org" not in rows

    state = idle.folder / "state"
    assert [file.name for file in state.glob("findings.db*")] == ["findings.db"]
    assert stat.S_IMODE((state / "findings.db").stat().st_mode) == 0o600


def test_nothing_is_counted_twice(idle):
    import_text(idle, LOG)
    before = told(idle)
    again = import_text(idle, LOG)
    assert (again["lines"], again["lines_before"], again["findings"]) == (0, LOG.count("\n"), {})
    assert told(idle) == before

    # Rotated, grown by a message whose sender is still to come, and by half a line.
    grown = LOG + dovecot(0, "ANNA@example.org") + received("ABCDEF01234", "anna@example.org")
    half = queued("ABCDEF01234", "anna@work.example")
    summary = import_text(idle, grown + half[:30], "mail.log.1")
    assert (summary["lines"], summary["findings"]) == (2, {"wrong_case": 1})
    summary = import_text(idle, grown + half, "mail.log.1")
    assert (summary["messages"], summary["findings"]) == (1, {"foreign_sender": 1})
    assert told(idle)["wrong_case", "ANNA@example.org", ""]["count"] == 3


def test_from_standard_input_and_as_text(idle):
    done = subprocess.run([idle.binary, "findings", "import", "-", "-c", idle.config], input=LOG, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "8 logins (1 refused), 2 messages on 3 days" in done.stdout and "wrong_case" in done.stdout
    assert import_text(idle, LOG)["lines"] == 0  # The same log, whatever its name.
    assert "no findings" in idle.run("findings", "import", str(idle.folder / "mail.log")).stdout


def test_beside_a_running_proxy(start_proxy):
    proxy = start_proxy(settings=OBSERVE)
    assert import_text(proxy, LOG)["findings"]["wrong_case"] == 2
    assert told(proxy)["wrong_case", "ANNA@example.org", ""]["count"] == 2
    proxy.clients.imap_dialogue().login("ANNA@example.org", "no password of hers")
    found = wait_until(lambda: (one := told(proxy)["wrong_case", "ANNA@example.org", ""])["count"] == 3 and one,
                       "the proxy's own finding")
    assert found["accepted"] == 2 and found["client"] == "127.0.0.1"
    assert "findings.db cannot be written" not in proxy.log()


def test_real_logs(start_proxy, pair):
    """A login and a submission, as the servers of the suite write them down."""
    carla = pair.account("carla@example.com")
    proxy = start_proxy(settings=OBSERVE)
    assert proxy.clients.imap_dialogue().login(carla.login, carla.password).startswith("OK")
    dialogue = proxy.clients.submission_dialogue(carla)
    assert {reply.code for reply in dialogue.begin("import@club.example", carla.login)} == {250}
    assert dialogue.content(b"From: carla@example.com\r\nSubject: x\r\n\r\nx\r\n").code == 250
    wait_until(lambda: f"Login: user=<{carla.login}>" in pair.new.dovecot.log(), "Dovecot's line")
    wait_until(lambda: "from=<import@club.example>" in pair.new.postfix.log(), "Postfix's line")
    proxy.stop()
    for left in (proxy.folder / "state").glob("findings.db*"):
        left.unlink()
    summary = proxy.ask("findings", "import", str(pair.new.dovecot.folder / "dovecot.log"),
                        str(pair.new.postfix.folder / "postfix.log"))
    assert summary["logins"] >= 2 and summary["messages"] >= 1
    assert summary["days"] in (1, 2)  # midnight may pass
    found = told(proxy)
    foreign = found["foreign_sender", carla.login, "import@club.example"]
    assert (foreign["count"], foreign["accepted"], foreign["domain"]) == (1, 1, "example.com")
    assert ("submission_on_25", carla.login, "") in found  # These servers name all their smtpd alike.
    assert ("wrong_case", carla.login, "") not in found


def test_a_folder_that_is_not_there_yet_is_made(idle):
    fresh = {**idle.settings, "state_dir": str(idle.folder / "var/state")}
    idle.write_settings(fresh)
    assert import_text(idle, LOG)["findings"]["wrong_case"] == 2
    assert (idle.folder / "var/state/findings.db").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_belongs_to_the_folders_owner(idle):
    state = idle.folder / "state"
    os.chown(state, 65534, 65534)
    import_text(idle, LOG)
    assert {(file.stat().st_uid, file.stat().st_gid) for file in state.glob("findings.db*")} == {(65534, 65534)}


def test_faults(idle):
    def refused_with(code, *words):
        done = idle.run("findings", "import", *words, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)["error"]["reason"]

    log = idle.folder / "mail.log"
    log.write_text(LOG)
    assert "missing.log" in refused_with(64, str(log), str(idle.folder / "missing.log"))
    assert not (idle.folder / "state/findings.db").exists()  # Nothing of the first either.
    assert "directory" in refused_with(64, str(idle.folder)).lower()
    assert idle.run("findings", "import").returncode == 64
    assert idle.run("findings", "example.org", "import", str(log)).returncode == 64

    (idle.folder / "state/findings.db").write_text("this is no database " * 100)
    assert "findings.db" in refused_with(75, str(log))
    (idle.folder / "state/findings.db").unlink()

    good = idle.accounts_file.read_text()
    idle.accounts_file.write_text(good + "anna@example.org,,,,,\n")  # Twice.
    assert refused_with(78, str(log)) == "the files have problems"
    text = idle.run("findings", "import", str(log))
    assert text.returncode == 78 and "nothing was imported" in text.stderr
    idle.accounts_file.write_text(good)
    assert import_text(idle, LOG)["findings"]["wrong_case"] == 2


def test_nothing_but_digests_of_the_log_is_kept(idle):
    import_text(idle, f"{day(4)} 00:00:00 mail sshd: a first line with a secret in it\n" + LOG)
    with sqlite3.connect(idle.folder / "state/findings.db") as database:
        dump = "\n".join(database.iterdump())
    assert "ANNA@example.org" in dump and "secret in it" not in dump

"""`check` says every problem at once with line and column; a bad file never takes effect."""

import json
import re

import pytest

MISTAKES = 5


def break_five_things(proxy):
    """Edits the files; returns (file, line, words that the problem must contain) for each mistake."""
    yaml = proxy.config.read_text()
    yaml = yaml.replace("level: debug", "level: loud").replace("connect: 2s", "connect: 2h")
    yaml = yaml.replace("hostname:", "listener: []\nhostname:")
    proxy.config.write_text(yaml)
    routes = proxy.routes_file.read_text().replace("example.net: old", "example.net: olt")
    proxy.routes_file.write_text(routes)
    csv = proxy.accounts_file.read_text() + "anna@example.org,,,,,\n"
    proxy.accounts_file.write_text(csv)

    def line_of(text, words):
        return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)

    return [("stellwerk.yaml", line_of(yaml, "listener: []"), "listeners"),
            ("stellwerk.yaml", line_of(yaml, "level: loud"), "loud"),
            ("stellwerk.yaml", line_of(yaml, "connect: 2h"), "2h"),
            ("routes.yaml", line_of(routes, "olt"), "olt"),
            ("accounts.csv", len(csv.splitlines()), "anna@example.org")]


def assert_all_are_told(told: str, mistakes):
    for file, line, words in mistakes:
        found = [text for text in told.splitlines() if re.search(rf"{re.escape(file)}:{line}:[1-9]\d*: ", text)]
        assert len(found) == 1, (file, line, told)
        assert words in found[0], found


def test_a_good_configuration_passes(proxy):
    done = proxy.run("check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_five_mistakes_are_told_at_once(proxy):
    mistakes = break_five_things(proxy)
    done = proxy.run("check")
    assert done.returncode == 78
    told = done.stdout + done.stderr
    assert_all_are_told(told, mistakes)
    assert len(re.findall(r"^\S*(?:yaml|csv):\d+:\d+: ", told, re.MULTILINE)) == MISTAKES
    as_json = proxy.run("check", "--json")
    assert as_json.returncode == 78
    assert "error" in json.loads(as_json.stdout)


def test_a_reload_of_it_says_the_same_and_changes_nothing(proxy, pair):
    anna = pair.account("anna@example.org")
    session = proxy.clients.imap_dialogue(anna)
    before = proxy.status()["epoch"]
    good = proxy.config.read_text()
    mistakes = break_five_things(proxy)
    done = proxy.run("reload")
    assert done.returncode == 78
    assert_all_are_told(done.stdout + done.stderr, mistakes)
    assert session.ask("NOOP")[-1].startswith("OK")
    assert proxy.clients.imap_dialogue(anna).ask("NOOP")[-1].startswith("OK")
    assert proxy.status()["epoch"] == before
    proxy.config.write_text(good)
    assert proxy.run("reload").returncode == 78  # routes and accounts are still broken


def test_serve_does_not_start_on_it(proxy):
    mistakes = break_five_things(proxy)
    proxy.stop()
    done = proxy.run("serve")
    assert done.returncode == 78
    assert_all_are_told(done.stdout + done.stderr, mistakes)


@pytest.mark.parametrize("routes, words", [
    ("default: old\ndomains:\n  example.org: old\n  example.org: new\n", "example.org"),
    ("default: elsewhere\ndomains: {}\n", "elsewhere"),
    ("default: old\ndomains: [a, b]\n", "domains"),
    ("default: old\ndomains:\n\texample.org: old\n", ""),
    ("defalt: old\ndomains: {}\n", "default"),
])
def test_routes_with_one_mistake(proxy, routes, words):
    proxy.routes_file.write_text(routes)
    done = proxy.run("check")
    assert done.returncode == 78
    assert re.search(r"routes\.yaml:\d+:\d+: .*" + re.escape(words), done.stdout + done.stderr)


@pytest.mark.parametrize("octets, line", [
    (b"login,domain,old_login,new_login,senders,pin\nm\xfcller@example.org,,,,,\n", 2),
    (b"login,domain,old_login,new_login,senders,pin\nno-domain,,,,,\n", 2),
    (b"login,domain,old_login,new_login,senders,pin\na@example.org,,,,,\n\"open,,,,,\n", 3),
    (b"user,domain\nanna@example.org,\n", 1),
    (b"login,domain,old_login,new_login,senders,pin\na@example.org,,,,,sideways\n", 2),
])
def test_accounts_with_one_mistake(proxy, octets, line):
    proxy.accounts_file.write_bytes(octets)
    done = proxy.run("check")
    assert done.returncode == 78
    assert re.search(rf"accounts\.csv:{line}:\d+: ", done.stdout + done.stderr), done.stdout + done.stderr

"""The container images, built and run: two real servers, the proxy between, as docker/compose.yaml says.

The binary under test goes into the image; with STELLWERK_TEST_IMAGE=full it is compiled in there, as for
a release. Skipped where there is no buildah, no image of Debian or no package source.
"""

import dataclasses
import imaplib
import json
import os
import re
import shutil
import smtplib
import ssl
import subprocess
from pathlib import Path

import pytest

from support.builder import Builder, Container, Unavailable
from support.private_host import PrivateHost
from support.process import Process
from support.proxy_settings import default_binary
from support.waiting import answers, wait_until

TOP = Path(__file__).resolve().parents[2]
DOCKER = TOP / "docker"
COMPOSE = (DOCKER / "compose.yaml").read_text()
ADDRESSES = {"old": "127.0.1.1", "new": "127.0.1.2"}
IS_FULL = os.environ.get("STELLWERK_TEST_IMAGE") == "full"
BUILD_SECONDS = 4 * 3600 if IS_FULL else 600  # well within the limit of ctest
ANNA = "anna@example.org"


@pytest.fixture(scope="module")
def builder():
    if os.environ.get("STELLWERK_SANITIZE"):
        pytest.skip("a sanitizer's libraries are not in the image")
    try:
        with Builder(BUILD_SECONDS) as ours:
            ours.take_base()
            yield ours
    except Unavailable as lack:
        pytest.skip(str(lack))


@pytest.fixture(scope="module")
def images(builder, tmp_path_factory):
    """The tags of the proxy's and of the mail servers' image."""
    stage = []
    if not IS_FULL:
        context = tmp_path_factory.mktemp("build")  # in place of the Dockerfile's stage of this name
        (context / "src" / "build").mkdir(parents=True)
        binary = os.environ.get("STELLWERK_BINARY") or default_binary()
        subprocess.run(["strip", "-o", context / "src" / "build" / "stellwerk", binary], check=True)
        stage = ["--build-context", f"build={context}"]
    try:
        return (builder.build("localhost/stellwerk", TOP, "-f", DOCKER / "Dockerfile", *stage),
                builder.build("localhost/stellwerk-mail-server", DOCKER / "mail_server"))
    except Unavailable as lack:
        pytest.skip(str(lack))


@dataclasses.dataclass
class Trial:
    """The services of compose.yaml, running; they share one loopback here."""

    folder: Path
    host: PrivateHost
    proxy: Container
    process: Process  # the proxy's

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.folder / "certificates" / "ca.pem"))
        context.check_hostname = False  # it is asked by its address
        return context

    def mailbox_of_anna(self) -> imaplib.IMAP4:
        with self.host.network():
            client = imaplib.IMAP4_SSL("127.0.0.1", 993, ssl_context=self.context(), timeout=30)
        client.login(ANNA, "anna-secret")
        return client

    def messages_of_anna(self) -> int:
        with self.mailbox_of_anna() as client:
            return int(client.select()[1][0])


@pytest.fixture
def trial(builder, images, folder):
    proxy_image, server_image = images
    shutil.copytree(DOCKER / "move", folder / "move")
    config = folder / "move" / "stellwerk.yaml"
    config.write_text(config.read_text().replace("0.0.0.0:", "127.0.0.1:"))
    sources = {"./move": folder / "move", "certificates": folder / "certificates", "state": folder / "state"}
    sources["certificates"].mkdir()
    sources["state"].mkdir()
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in ADDRESSES.items()))

    def volume(said):
        source, _, rest = said.partition(":")
        return ["--volume", f"{sources.get(source, source)}:{rest}"]

    started = []
    with PrivateHost(*ADDRESSES.values()) as host:
        def container(image, name, *options):
            return Container(builder, image, name, host, folder / f"{name}.log",
                             [*volume(f"{hosts}:/etc/hosts:ro"), *options])

        try:
            container(server_image, "certificates", *volume("certificates:/certs")).run(
                *json.loads(re.search(r"entrypoint: (\[.*\])", COMPOSE)[1]))
            users = re.search(r'MAIL_USERS: "(.*)"', COMPOSE)[1]
            for name, address in ADDRESSES.items():
                server = container(server_image, name, *volume("certificates:/certs:ro"), "--env", f"SERVER_NAME={name}",
                                   "--env", f"MAIL_USERS={users}", "--env", f"LISTEN={address}")
                started.append(server.start())
            volumes = re.findall(r"^      - (\S+:/\S+)$", COMPOSE, re.M)
            assert len(volumes) == 3, volumes
            proxy = container(proxy_image, "proxy", "--cap-drop", "ALL", *sum(map(volume, volumes), []))
            user = int(proxy.run("id", "-u").stdout)
            assert user != 0
            os.chown(sources["state"], user, user)  # a volume of an engine takes that from the image
            started.append(proxy.start())
            yield Trial(folder, host, proxy, started[-1])
        finally:
            for process in started:
                process.stop(0)


def test_a_trial_of_three_containers(trial):
    proxy = trial.proxy
    status = json.loads(proxy.run("stellwerk", "status", "--json").stdout)
    assert {(one["name"], one["healthy"]) for one in status["backends"]} == {("old", True), ("new", True)}
    assert proxy.run("id", "-un").stdout.strip() == "stellwerk"
    published = re.findall(r'"127\.0\.0\.1:\d+:(\d+)"', COMPOSE)
    assert published
    with trial.host.network():
        assert [port for port in published if not answers("127.0.0.1", int(port))] == []
        client = smtplib.SMTP_SSL("127.0.0.1", 465, context=trial.context(), timeout=30)
    with client:
        client.login(ANNA, "anna-secret")
        client.sendmail(ANNA, [ANNA], f"From: {ANNA}\r\nSubject: one\r\n\r\ntext\r\n")
    wait_until(lambda: trial.messages_of_anna() == 1, "the message in the old server's mailbox", 30)

    routes = trial.folder / "move" / "routes.yaml"
    routes.write_text(routes.read_text().replace("example.org: old", "example.org: new"))
    proxy.run("stellwerk", "reload")
    assert trial.messages_of_anna() == 0  # it lies on the old server, whose mail nobody has copied
    proxy.run("stellwerk", "drain")
    assert not proxy.is_healthy() or not trial.process.is_running()

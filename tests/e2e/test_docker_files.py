"""What docker/ promises without building an image: the unit, the trial's configuration, the libraries."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.authority import Authority
from support.proxy_settings import default_binary

DOCKER = Path(__file__).resolve().parents[2] / "docker"
BINARY = Path(os.environ.get("STELLWERK_BINARY") or default_binary())


def test_systemd_finds_nothing_wrong_with_the_unit(folder):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    unit = folder / "stellwerk.service"
    unit.write_text((DOCKER / "stellwerk.service").read_text().replace("/usr/local/bin/stellwerk", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=25", unit],
                           capture_output=True, text=True)
    assert rated.returncode == 0, rated.stdout[-400:]  # below 2.5 of 10 is "OK"


def test_the_trial_passes_check(folder):
    shutil.copytree(DOCKER / "move", folder / "move")
    certificates = Authority(folder / "certs")
    made = certificates.issue("mail.old.example")
    for path, name in ((made.chain, "mail.old.example.pem"), (made.key, "mail.old.example.key")):
        path.rename(folder / "certs" / name)
    config = folder / "move" / "stellwerk.yaml"
    config.write_text(config.read_text().replace("/certs/", f"{folder}/certs/"))
    done = subprocess.run([BINARY, "check", "-c", config, "--json"], capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert (done.returncode, said["problems"], said["warnings"]) == (0, [], [])


def test_the_image_has_every_library_of_the_binary():
    if os.environ.get("STELLWERK_SANITIZE"):
        pytest.skip("a sanitizer's libraries are not shipped")
    dockerfile = (DOCKER / "Dockerfile").read_text()
    shipped = set(re.search(r"ca-certificates (lib.*) \\\n", dockerfile)[1].split())
    of_the_base = {"libc6", "libgcc-s1", "libstdc++6"}
    linked = re.findall(r"=> (/\S+)", subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout)
    assert linked
    needed = {package_of(Path(path)) for path in linked}
    direct = {package_of(Path(path)) for path in linked if Path(path).name in needed_by(BINARY)}
    assert direct - of_the_base <= shipped, "libraries that the Dockerfile doesn't install"
    assert shipped <= needed, "libraries that nothing needs"


def needed_by(binary: Path) -> set[str]:
    """The libraries that it names itself; apt knows what those need."""
    told = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(\S+)\]", told))


def package_of(library: Path) -> str:
    for path in (library, library.resolve(), Path("/usr") / str(library).lstrip("/")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.partition(":")[0]
    raise AssertionError(f"no package owns {library}")

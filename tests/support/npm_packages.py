"""What package-lock.json names, fetched from the npm registry and checked, without npm itself."""

import base64
import hashlib
import io
import json
import tarfile
import urllib.request
from pathlib import Path

LOCK = Path(__file__).parent / "npm" / "package-lock.json"


def install(folder: Path) -> Path:
    """Fills `folder`/node_modules; URLError if the registry can't be reached. Returns `folder`."""
    for place, package in json.loads(LOCK.read_text())["packages"].items():
        if not place:
            continue  # the project itself
        with urllib.request.urlopen(package["resolved"], timeout=60) as answer:
            octets = answer.read()
        kind, _, wanted = package["integrity"].partition("-")
        found = base64.b64encode(hashlib.new(kind, octets).digest()).decode()
        assert found == wanted, f"{package['resolved']} is not what the lock file names"
        with tarfile.open(fileobj=io.BytesIO(octets)) as archive:
            for member in archive:
                member.name = member.name.partition("/")[2]  # "package/", mostly
                if member.isfile() and ".." not in member.name:
                    archive.extract(member, folder / place)
    return folder


def names() -> dict[str, str]:
    """Packages by name, with the version that the lock file names."""
    packages = json.loads(LOCK.read_text())["packages"]
    return {place.rpartition("node_modules/")[2]: package["version"] for place, package in packages.items() if place}

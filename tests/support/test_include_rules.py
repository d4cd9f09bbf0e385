"""Includes point one way: actors -> config -> protocol (STYLE: "Where things live")."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
STANDARD = re.compile(r"[a-z_]+")  # <vector>, <cstdint>: no dot, no folder
# What would bring a socket, an actor, TLS or DNS.
ALIVE = re.compile(r"caf/|openssl/|ares|sys/|netinet/|arpa/|netdb|poll|unistd|fcntl|signal|pthread|spdlog/")


def includes(folder: str):
    """(file, is it an angle include, what) for each include below the folder."""
    found = [(path.relative_to(ROOT), kind == "<", what)
             for pattern in ("*.hpp", "*.cpp") for path in sorted((ROOT / folder).rglob(pattern))
             for kind, what in INCLUDE.findall(path.read_text())]
    assert found, f"{folder} has no include at all: is this the right place?"
    return found


def test_protocol_is_standard_library_alone():
    assert [] == [f"{path}: {what}" for path, angle, what in includes("protocol")
                  if not (STANDARD.fullmatch(what) if angle else what.startswith("protocol/"))]


def test_config_sees_neither_actors_nor_anything_alive():
    assert [] == [f"{path}: {what}" for path, angle, what in includes("config")
                  if (ALIVE.match(what) if angle else not what.startswith(("config/", "protocol/")))]


@pytest.mark.parametrize("text, wrong", [("#include <caf/actor.hpp>", True), ('# include "actors/io/worker.hpp"', True),
                                         ("#include <vector>", False), ('#include "protocol/base/ascii.hpp"', False)])
def test_the_rule_itself_notices(text, wrong):
    kind, what = INCLUDE.findall(text)[0]
    assert wrong == (not (STANDARD.fullmatch(what) if kind == "<" else what.startswith("protocol/")))

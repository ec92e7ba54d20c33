"""Finds the programs the tests start. A missing one is an error that names the line which installs it."""

from __future__ import annotations

import shutil
import socket

PACKAGES = {"Redis": "redis-server", "Chromium": "chromium", "curl": "curl"}


class MissingPart(Exception):
    """A program the tests need is not on this machine; the message says how to install it."""


def find_program(party: str, *names: str) -> str:
    """Return the path of the first of `names` that is installed.

    :raises MissingPart: none is.
    """
    for name in names:
        if path := shutil.which(name):
            return path
    raise MissingPart(
        f"{party} is missing. Install it: apt-get install -y {PACKAGES[party]} (or run: make test)"
    )


def ending_with_the_tests(command: list[str]) -> list[str]:
    """Return `command` so that it is ended even when the tests are killed before they could stop it (on Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def free_port() -> int:
    """Return a TCP port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

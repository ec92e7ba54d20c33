"""docs/api.md can be followed: its commands, pasted one after another against a site as `make run` starts it, do what it says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.servers.easyticket import EasyTicketServer
from tests.servers.parts import find_program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8001"
# Stands before curl in PATH and says on stderr what every answer was; the commands of the page stay as they are.
TELLING_CURL = """#!/bin/sh
exec {curl} -w '%{{stderr}}%{{method}} %{{url}} %{{http_code}}\\n' "$@"
"""
ANSWERS = [
    "POST /api/auth/login/ 200",
    "POST /api/events/ 201",
    "POST /api/tickets/types/ 201",
    "POST /api/events/{slug}/publish/ 200",
    "POST /api/auth/login/ 200",
    "POST /api/orders/ 201",
    "POST /api/orders/{id}/create-payment-intent/ 200",
    "GET /sandbox/{reference}/ 200",
    "POST /sandbox/{reference}/decide/ 303",
    "GET /api/orders/{id}/payment-status/ 200",
    "GET /api/tickets/my-tickets/ 200",
    "GET /api/tickets/my-tickets/{id}/download/ 200",
    "POST /api/tickets/my-tickets/verify/ 200",
    "POST /api/tickets/my-tickets/verify/ 400",
    "POST /api/orders/ 201",
    "POST /api/orders/{id}/confirm_payment/ 200",
    "POST /api/orders/{id}/refund/ 200",
    "GET /api/orders/{id}/ 200",
]
SAID = [
    "Event published successfully",
    "Login successful",
    "168.00",
    "confirmed",
    "Ticket verified and marked as used",
    "Ticket already used",
    "confirmed",
    "succeeded",
    "refunded",
]


def test_its_commands_lead_from_an_event_to_a_refund(
    new_server: Callable[..., EasyTicketServer], demo_database: str, tmp_path: Path
) -> None:
    server = new_server(template=demo_database, DEMO="true", RATELIMIT_ENABLED="true")
    done = paste(commands(), server, tmp_path)
    told = [re.sub(r"\?\S*", "", line).replace(server.url, "") for line in done.stderr.splitlines()]
    assert len(told) == len(ANSWERS), done.stderr
    assert [line for line, answer in zip(told, ANSWERS, strict=True) if not is_like(line, answer)] == []
    assert done.returncode == 0
    assert done.stdout.splitlines() == SAID
    assert (tmp_path / "ticket.pdf").read_bytes().startswith(b"%PDF-")


def commands() -> str:
    """Return the commands of the page in their order."""
    blocks = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return "".join(blocks)


def paste(script: str, server: EasyTicketServer, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands in one shell against `server`; stderr tells method, address and status of every answer."""
    shim = folder / "bin" / "curl"
    shim.parent.mkdir()
    shim.write_text(TELLING_CURL.format(curl=find_program("curl", "curl")), encoding="utf-8")
    shim.chmod(0o755)
    return subprocess.run(
        ["sh", "-eu"],
        input=script.replace(ADDRESS, server.url),
        cwd=folder,
        env={"PATH": f"{shim.parent}:{os.environ['PATH']}", "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def is_like(line: str, answer: str) -> bool:
    """Return whether a line tells the expected answer, whatever stands where that has braces."""
    pattern = re.sub(r"\\{\w+\\}", "[^/ ]+", re.escape(answer))
    return re.fullmatch(pattern, line) is not None

"""The pages about both APIs can be followed: their commands, pasted one after another against a site as `make run` starts it,
do what they say."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.easyticket import EasyTicketServer
from tests.servers.parts import find_program

DOCS = Path(__file__).resolve().parents[2] / "docs"
ADDRESS = "http://127.0.0.1:8001"
# Stands before curl in PATH and says on stderr what every answer was; the commands of the page stay as they are.
TELLING_CURL = """#!/bin/sh
exec {curl} -w '%{{stderr}}%{{method}} %{{url}} %{{http_code}}\\n' "$@"
"""
EASYTICKET_ANSWERS = [
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
EASYTICKET_SAID = [
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


CAFA_ANSWERS = [
    "POST /api/v1/auth/login/ 200",
    "POST /api/v1/events/create/ 201",
    "GET /api/v1/events/{slug}/ 200",
    "POST /api/v1/auth/login/ 200",
    "POST /api/v1/payments/initiate/ 201",
    "GET /sandbox/{reference}/ 200",
    "POST /sandbox/{reference}/decide/ 303",
    "GET /api/v1/payments/verify/{reference}/ 200",
    "GET /api/v1/tickets/my-tickets/ 200",
    "GET /api/v1/tickets/{code}/download/ 200",
    "POST /api/v1/events/{slug}/checkin/ 200",
    "POST /api/v1/events/{slug}/checkin/ 400",
    "GET /api/v1/events/{slug}/attendees/ 200",
    "GET /api/v1/events/{slug}/analytics/ 200",
]
CAFA_SAID = ["105.0", "completed", "True", "Already checked in", "1", "100.00"]


@pytest.mark.parametrize(
    ("page", "answers", "said"),
    [("api.md", EASYTICKET_ANSWERS, EASYTICKET_SAID), ("api-cafa.md", CAFA_ANSWERS, CAFA_SAID)],
)
def test_its_commands_lead_from_an_event_to_the_gate(
    new_server: Callable[..., EasyTicketServer],
    demo_database: str,
    tmp_path: Path,
    page: str,
    answers: list[str],
    said: list[str],
) -> None:
    server = new_server(template=demo_database, DEMO="true", RATELIMIT_ENABLED="true")
    done = paste(commands(DOCS / page), server, tmp_path)
    told = [re.sub(r"\?\S*", "", line).replace(server.url, "") for line in done.stderr.splitlines()]
    assert len(told) == len(answers), done.stderr
    assert [line for line, answer in zip(told, answers, strict=True) if not is_like(line, answer)] == []
    assert done.returncode == 0
    assert done.stdout.splitlines() == said
    assert (tmp_path / "ticket.pdf").read_bytes().startswith(b"%PDF-")


def commands(page: Path) -> str:
    """Return the commands of a page in their order."""
    blocks = re.findall(r"^```bash\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
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

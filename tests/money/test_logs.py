"""Nothing that opens a door, moves money or reaches a person is written down: the logs of a whole journey are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import OutboxJob, Payment, Payout, ProviderEvent, Refund
from tests.doubles.paystack import PaystackDouble
from tests.doubles.stripe import StripeDouble
from tests.fixtures.database import application_on
from tests.money.tills import PaystackTill, StripeTill
from tests.money.walk import FORGED, Walk
from tests.servers.databases import Databases
from tests.servers.talkative import TalkativeServer

SECRET_KEY = "a-key-of-this-site-that-signs-everything-it-gives-out"
ANSWERS = {
    "wrong password": 400,
    "order": 200,
    "tickets.pdf": 200,
    "calendar.ics": 200,
    "ticket/": 200,
    "ticket/ticket.pdf": 200,
    "ticket/qr.svg": 200,
    "error_before": 502,
    "hang_after": 502,
    "truncated": 502,
    "initiate": 502,
    "download": 200,
    "a forged webhook": 400,
    "the same webhook": 200,
    "a webhook for another": 400,
    "gate": 200,
    "checkin": 400,
    "qr": 200,
    "fault": 500,
    "missing": 404,
}
# Shapes, for what the walk did not meet itself.
SHAPES = {
    "a key of a provider": r"\b(?:sk|rk|whsec)_[A-Za-z0-9]{4}",
    "a client secret": r"_secret_\w",
    "a JWT": r"\beyJ[\w-]{10,}\.",
    "a bearer": r"\b(?i:bearer) [^*\s]",
    "hex that is long": r"(?<![0-9a-f])[0-9a-f]{32,}",
    "a reference": r"\b(?:ET|PUR)-[0-9A-Z]{6}",
    "a ticket's code": r"TKT-\d{8}-\w",
    "a card": r"(?<!\d)[45]\d{15}(?!\d)",
    "an address": r"[\w.+-]+(?:@|%40)[\w-]+\.[a-z]{2,}",
    "a hash": r"\$argon2",
}


@dataclass
class Journey:
    """What is left of a walk: what the site wrote, what was secret, what its rows remember of what went wrong and of webhooks."""

    walk: Walk
    lines: list[str]
    remembered: list[str]
    told: list[str]


@pytest.fixture(scope="module")
def journey(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    """Walk once; the tests read."""
    stripe, paystack = StripeDouble(), PaystackDouble()
    address, folder = databases.new(template=migrated_database), tmp_path_factory.mktemp("talkative")
    settings = {
        **StripeTill.settings,
        **PaystackTill.settings,
        "STRIPE_API_URL": stripe.start(),
        "PAYSTACK_API_URL": paystack.start(),
        "PAYSTACK_TRANSFERS": "true",
        "PAYOUT_DELAY_DAYS": "0",
        "SECRET_KEY": SECRET_KEY,
    }
    # What its libraries print when they are asked by the environment.
    server = TalkativeServer(folder, address, **settings, STRIPE_LOG="debug", HTTPX_LOG_LEVEL="trace")
    server.start()
    try:
        with application_on(address, folder, **settings) as app:
            walk = Walk(server, app.app_context, stripe, paystack)
            try:
                walk.go()
            finally:
                walk.close()
            server.stop()
            with app.app_context():
                told = list(db.session.scalars(sa.select(ProviderEvent.body)))
                yield Journey(walk, "".join(server.output).splitlines(), remembered_errors(), told)
    finally:
        server.kill()
        stripe.stop()
        paystack.stop()


def remembered_errors() -> list[str]:
    """Return what rows say about what went wrong, and what jobs were given."""
    columns = (
        *(OutboxJob.error, OutboxJob.payload, OutboxJob.key),
        *(Payment.last_error, Refund.last_error, Payout.last_error),
        *(ProviderEvent.event_key, ProviderEvent.kind),
    )
    return [str(value) for column in columns for value in db.session.scalars(sa.select(column)) if value]


def test_the_walk_went_where_it_should(journey: Journey) -> None:
    assert journey.walk.answers == ANSWERS


def test_the_log_is_as_talkative_as_can_be(journey: Journey) -> None:
    text = "\n".join(journey.lines)
    for marker in (
        "DEBUG:urllib3.connectionpool",
        "DEBUG:stripe",
        "INFO:httpx",
        "DEBUG:httpcore",
        "DEBUG:sqlalchemy.engine.Engine:Row (",
        "GET /orders/***/ HTTP/1.1",
        "POST /api/webhooks/stripe/ HTTP/1.1",
        "Stripe: APIConnectionError",
        "Paystack does not answer: ReadTimeout",
        "Traceback (most recent call last)",
        "fault ",
    ):
        assert marker in text, marker


def test_no_line_holds_what_was_secret_on_the_way(journey: Journey) -> None:
    secrets = journey.walk.seen.values
    assert len(secrets) > 50
    assert leaks_of(secrets, journey.lines) == []


def test_no_line_holds_what_looks_like_a_secret(journey: Journey) -> None:
    found = [
        f"{what}: {line[:400]}"
        for line in journey.lines
        for what, shape in SHAPES.items()
        if re.search(shape, line)
    ]
    assert found == []


def test_nobody_can_write_a_line_of_their_own(journey: Journey) -> None:
    assert any(FORGED in line for line in journey.lines)
    assert [line for line in journey.lines if line.startswith(FORGED)] == []


def test_rows_remember_no_secret_of_what_went_wrong(journey: Journey) -> None:
    text = "\n".join(journey.remembered)
    assert "ProviderDown: The payment provider does not answer" in text
    assert "Your card was declined." in text
    assert leaks_of(journey.walk.seen.values, journey.remembered) == []


def test_webhooks_are_kept_without_what_lets_a_browser_pay(journey: Journey) -> None:
    assert any('"client_secret"' in body for body in journey.told)
    secrets = {value: what for value, what in journey.walk.seen.values.items() if what == "a client secret"}
    assert secrets and leaks_of(secrets, journey.told) == []


def leaks_of(secrets: dict[str, str], lines: list[str]) -> list[str]:
    """Return which secrets stand in which lines, as they are or as addresses write them."""
    text = "\n".join(lines)
    told = {value: what for value, what in secrets.items() if value in text or quote(value, safe="") in text}
    return [
        f"{what}: {next(line for line in lines if value in line or quote(value, safe='') in line)[:400]}"
        for value, what in told.items()
    ]

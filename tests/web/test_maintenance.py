"""While the site is being worked on: what is paused and says so, and what cannot wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.models import Event, OrderStatus
from easyticket.services.tickets import qr_content
from tests import factories
from tests.web.buying import begin, buy, decide, order_of, pay, sign_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event() -> Event:
    begun = clock.now() - timedelta(hours=1)
    return factories.make_simple_event(start_at=begun, end_at=begun + timedelta(hours=5))


@pytest.fixture
def pause(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to begin the work on the site."""
    settings = replace(app.config["SETTINGS"], maintenance=True)
    return lambda: monkeypatch.setitem(app.config, "SETTINGS", settings)


def test_buying_and_selling_pause_and_the_page_says_so_once(
    client: FlaskClient, event: Event, pause: Callable[[], None]
) -> None:
    secret = begin(client, event)
    pause()
    for path in (
        "/",
        "/events/",
        f"/events/{event.slug}/",
        f"/checkout/{secret}/",
        "/organizer/",
        "/no-page",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300"), path
        assert text_of(answer).count("paused") == 1
    assert pay(client, secret).status_code == 503


def test_people_at_the_door_are_let_in(
    client: FlaskClient, app: Flask, event: Event, pause: Callable[[], None]
) -> None:
    secret = buy(client, event, 1)
    [ticket] = order_of(secret).tickets
    pause()
    for path in ("", f"{ticket.code}/", f"{ticket.code}/qr.svg", f"{ticket.code}/ticket.pdf", "tickets.pdf"):
        assert client.get(f"/orders/{secret}/{path}").status_code == 200, path

    gate = app.test_client()
    assert gate.get("/sign-in/").status_code == 200
    sign_in(gate, event.organizer)
    assert gate.get("/gate").status_code == 308
    assert gate.get("/gate/").status_code == gate.get("/orders/").status_code == 200
    scan = {"code": qr_content(ticket), "gate": "North", "scan_key": str(uuid4())}
    assert "ADMIT" in text_of(gate.post(f"/gate/{event.slug}/scan/", data=scan))
    assert gate.post("/sign-out/").status_code == 302


def test_payments_that_were_begun_are_finished(
    client: FlaskClient, event: Event, pause: Callable[[], None]
) -> None:
    secret = begin(client, event)
    payment_page = pay(client, secret)
    pause()
    decide(client, payment_page, "approve")
    assert client.get(f"/checkout/{secret}/return/").status_code == 303
    assert order_of(secret).status is OrderStatus.CONFIRMED
    assert client.post("/webhooks/nobody/").status_code == 404
    assert client.get("/health").status_code == 200
    assert client.get("/static/css/app.css").status_code != 503

"""The sandbox's payment page: it says that nothing is real, does what is pressed, once, and leads back to the shop."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.db import db
from easyticket.models import Event, OrderStatus, OutboxJob, PaymentState
from easyticket.queue import JobName
from tests import factories
from tests.web.buying import begin, decide, order_of, pay, text_of

pytestmark = pytest.mark.usefixtures("db_session")

DECISIONS = ("approve", "decline", "nothing", "approve_late", "approve_twice", "cancel")


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(title="Highlife Night", quantity=10)


def webhooks() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).where(OutboxJob.name == JobName.SANDBOX_WEBHOOK)) or 0


def path_of(client: FlaskClient, event: Event) -> tuple[str, str]:
    """Begin a payment; return the order's secret and the path of the payment page."""
    secret = begin(client, event)
    return secret, pay(client, secret).headers["Location"].removeprefix("http://tickets.example")


def test_it_says_what_is_paid_and_that_nothing_is_real(client: FlaskClient, event: Event) -> None:
    secret, path = path_of(client, event)
    page = client.get(path)
    text = text_of(page)
    assert "Sandbox: no real money." in text
    assert "GH₵ 105.00" in text
    assert f"Highlife Night, order {order_of(secret).number}" in text
    for decision in DECISIONS:
        assert f'name="decision" value="{decision}"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self' http://tickets.example" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("decision", "status", "announced"),
    [
        ("approve", OrderStatus.CONFIRMED, 1),
        ("approve_twice", OrderStatus.CONFIRMED, 3),
        ("decline", OrderStatus.PENDING, 1),
        ("cancel", OrderStatus.PENDING, 1),
        ("nothing", OrderStatus.PROCESSING, 0),
        ("approve_late", OrderStatus.PROCESSING, 0),
    ],
)
def test_every_button_does_what_it_says_and_leads_back(
    client: FlaskClient, event: Event, decision: str, status: OrderStatus, announced: int
) -> None:
    secret = begin(client, event)
    answer = decide(client, pay(client, secret), decision)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://tickets.example/checkout/{secret}/return/"
    assert webhooks() == announced
    client.get(f"/checkout/{secret}/return/")
    order = order_of(secret)
    assert order.status is status
    assert len(order.tickets) == (2 if status is OrderStatus.CONFIRMED else 0)


def test_a_payment_is_decided_once(client: FlaskClient, event: Event) -> None:
    secret, path = path_of(client, event)
    client.post(f"{path}decide/", data={"decision": "approve"})
    answer = client.post(f"{path}decide/", data={"decision": "decline"})
    assert answer.headers["Location"] == f"http://tickets.example/checkout/{secret}/return/"
    client.get(f"/checkout/{secret}/return/")
    assert order_of(secret).payments[0].state is PaymentState.PAID
    page = text_of(client.get(path))
    assert "This payment is decided The payment succeeded. Go back to the shop" in page


@pytest.mark.parametrize("decision", ["", "refund", "approve ", "__class__"])
def test_an_unknown_decision_changes_nothing(client: FlaskClient, event: Event, decision: str) -> None:
    secret, path = path_of(client, event)
    assert client.post(f"{path}decide/", data={"decision": decision}).status_code == 400
    assert order_of(secret).payments[0].state is PaymentState.OPEN


def test_an_unknown_reference_is_not_there(client: FlaskClient) -> None:
    assert client.get("/sandbox/ET-00000000000000000000000000/").status_code == 404
    assert (
        client.post(
            "/sandbox/ET-00000000000000000000000000/decide/", data={"decision": "approve"}
        ).status_code
        == 404
    )


@pytest.mark.csrf
def test_a_decision_needs_the_token_of_the_form(client: FlaskClient) -> None:
    assert client.post("/sandbox/ET-0/decide/", data={"decision": "approve"}).status_code == 400

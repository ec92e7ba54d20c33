"""Steps of a purchase through the Cafa Tickets API, for tests that need one on its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, Offer, Order
from easyticket.services import sandbox
from easyticket.services.expiry import expire_orders
from tests.api.conftest import Caller

PURCHASE = "/api/v1/tickets/purchase/"
INITIATE = "/api/v1/payments/initiate/"
PAYMENTS = "/api/v1/payments/"
ATTENDEE = {"name": "Ama Boateng", "email": "ama@example.org", "phone": "+233241234567"}


def purchase_body(event: Event, quantity: int = 1, offer: Offer | None = None, **more: Any) -> dict[str, Any]:
    """Return a purchase as the seed writes it, by default of the event's first offer."""
    offer = offer or event.ticket_types[0].offers[0]
    return {
        "event_id": event.id,
        "ticket_type_id": offer.id,
        "quantity": quantity,
        "attendee_info": ATTENDEE,
        **more,
    }


def initiate_body(event: Event, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Return a purchase as the two clients write it."""
    return {
        "event_slug": event.slug,
        "ticket_type_id": event.ticket_types[0].offers[0].id,
        "quantity": quantity,
        **{f"buyer_{name}": value for name, value in ATTENDEE.items()},
        **more,
    }


def purchase(caller: Caller, event: Event, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Begin to buy tickets of the event's first offer; return what was answered."""
    answer = caller.post(PURCHASE, purchase_body(event, quantity, **more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def status_of(caller: Caller, bought: dict[str, Any]) -> dict[str, Any]:
    """Ask where the payment stands, as clients do every three seconds."""
    answer = caller.get(f"{PAYMENTS}{bought['payment']['payment_id']}/status/")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def verified(caller: Caller, bought: dict[str, Any]) -> dict[str, Any]:
    """Ask what became of the payment, as who came back from its page does."""
    answer = caller.get(f"{PAYMENTS}verify/{bought['payment']['reference']}/")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def approve(bought: dict[str, Any]) -> None:
    """Press the button of the sandbox's page."""
    sandbox.approve(bought["payment"]["reference"])


def buy(caller: Caller, event: Event, quantity: int = 1) -> dict[str, Any]:
    """Buy and pay; return what the purchase answered."""
    bought = purchase(caller, event, quantity)
    if bought["payment"]["status"] != "completed":
        approve(bought)
        assert status_of(caller, bought)["status"] == "completed"
    return bought


def order_of(bought: dict[str, Any]) -> Order:
    """Return the order as it is in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Order).filter_by(purchase_code=bought["purchase_id"]).one()


def let_expire(bought: dict[str, Any], *, end: bool = True) -> None:
    """Let the time to pay run out; `end` lets somebody notice it too."""
    order = order_of(bought)
    with transaction():
        order.expires_at = clock.now() - timedelta(seconds=1)
        assert order.hold is not None
        order.hold.expires_at = order.expires_at
    if end:
        expire_orders()


def refusal(answer: TestResponse) -> dict[str, Any]:
    """Return the body of a refusal, which always has the four keys and is told again in `details`."""
    assert answer.status_code >= 400, answer.text
    body = dict(answer.json)
    assert {"error", "message", "details", "status_code"} <= body.keys()
    assert body["details"] and all(isinstance(texts, list) and texts for texts in body["details"].values())
    assert body["status_code"] == answer.status_code
    return body

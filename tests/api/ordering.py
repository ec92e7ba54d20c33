"""Steps of a purchase through the API, for tests that need an order on its way."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from easyticket.db import db
from easyticket.models import Event, Offer, OfferKind, Order
from easyticket.services import sandbox
from tests.api.conftest import Caller

ORDERS = "/api/orders/"
_FIELDS = {
    OfferKind.TIER: "ticket_tier_id",
    OfferKind.DAY_PASS: "day_pass_id",
    OfferKind.DAY_TIER: "day_tier_price_id",
}


def line_for(offer: Offer, quantity: int = 1) -> dict[str, Any]:
    """Return a line as a client writes it for any kind of offer."""
    line: dict[str, Any] = {"ticket_type_id": str(offer.ticket_type.uuid), "quantity": quantity}
    return line if offer.kind is OfferKind.SIMPLE else line | {_FIELDS[offer.kind]: str(offer.uuid)}


def body_for(event: Event, *lines: dict[str, Any], quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Return the body of an order, by default for the event's first offer."""
    items = list(lines) or [line_for(event.ticket_types[0].offers[0], quantity)]
    return {"event": str(event.uuid), "items": items, **more}


def make_order(caller: Caller, event: Event, quantity: int = 1) -> dict[str, Any]:
    """Order tickets of the event's first offer and return what was answered."""
    answer = caller.post(ORDERS, body_for(event, quantity=quantity))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def path_of(order: dict[str, Any], action: str = "") -> str:
    """Return the path of an order, or of something done to it."""
    return f"{ORDERS}{order['id']}/{f'{action}/' if action else ''}"


def make_intent(caller: Caller, order: dict[str, Any]) -> dict[str, Any]:
    """Begin to pay an order and return its intent."""
    answer = caller.post(path_of(order, "create-payment-intent"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json["payment_intent"])


def approve(intent: dict[str, Any]) -> None:
    """Press the button of the sandbox's page."""
    sandbox.approve(intent["payment_intent_id"].removeprefix("sbx_"))


def buy(caller: Caller, event: Event, quantity: int = 1) -> dict[str, Any]:
    """Order, pay and let the provider be asked; return the paid order."""
    order = make_order(caller, event, quantity)
    approve(make_intent(caller, order))
    assert caller.get(path_of(order, "payment-status")).json["payment_status"] == "succeeded"
    return dict(caller.get(path_of(order)).json)


def stored(order: dict[str, Any]) -> Order:
    """Return the order as it is in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Order).filter_by(number=order["order_number"]).one()


def fields_of(answer: TestResponse) -> dict[str, list[str]]:
    """Return the messages by field of a refusal."""
    assert answer.status_code == 400, answer.text
    return dict(answer.json["field_errors"])

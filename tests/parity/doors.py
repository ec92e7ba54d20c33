"""The doors people and programs come through, each with the same verbs, so that a rule can be told once for all of them.

Every verb goes through the real door: forms, JSON, and the provider's own page for the payment.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import unescape
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from easyticket.db import db
from easyticket.models import Event, Offer, Order, Ticket, User
from easyticket.services.orders import secret_of
from tests.api.conftest import Caller
from tests.api.ordering import body_for, line_for
from tests.servers.settings import PUBLIC_URL
from tests.web.buying import BUYER, sign_in, text_of
from tests.web.buying import secret_of as secret_in

_BUYER = {"name": "Kofi Mensah", "email": "kofi@example.org", "phone": "+233241234567"}
_MESSAGE = re.compile(r'<div class="(?:error-summary|message|result|outcome)[ "].*?</div>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: whether it was done, what was said about it, and the order it was about, as stored."""

    ok: bool
    sentence: str = ""
    order: Order | None = None


class Door(ABC):
    """One way in, for one person; `caller` speaks JSON for them where the door takes that."""

    def __init__(self, app: Flask, user: User, caller: Caller) -> None:
        self.user, self.caller, self.browser = user, caller, app.test_client()

    @abstractmethod
    def buy(self, event: Event, offer: Offer, quantity: int) -> Outcome:
        """Hold tickets until they are paid."""

    @abstractmethod
    def pay(self, order: Order) -> Outcome:
        """Go to the provider's page, approve, and come back."""

    @abstractmethod
    def scan(self, event: Event, ticket: Ticket) -> Outcome:
        """Show a ticket's code at the gate."""

    @abstractmethod
    def sees_event(self, event: Event) -> bool:
        """Tell whether the event has its page, and whether the list agrees."""

    @abstractmethod
    def sees_order(self, order: Order) -> bool:
        """Tell whether this person reaches the order."""

    @abstractmethod
    def sees_ticket(self, ticket: Ticket) -> bool:
        """Tell whether this person reaches the ticket."""

    @abstractmethod
    def opens_desk(self, event: Event) -> bool:
        """Tell whether this person gets to where the event is run."""

    def _approve(self, page: str) -> None:
        """Press the button of the provider's page, which knows no door."""
        assert page.startswith(f"{PUBLIC_URL}/sandbox/"), page
        self.browser.post(f"{page.removeprefix(PUBLIC_URL)}decide/", data={"decision": "approve"})


class Web(Door):
    """The pages: forms of a signed-in browser, with their tokens switched off."""

    def __init__(self, app: Flask, user: User, caller: Caller) -> None:
        super().__init__(app, user, caller)
        sign_in(self.browser, user)

    def buy(self, event: Event, offer: Offer, quantity: int) -> Outcome:
        answer = self.browser.post(
            f"/events/{event.slug}/tickets/", data={f"quantity-{offer.uuid}": str(quantity)}
        )
        if answer.status_code != 303:
            return Outcome(False, _message_on(answer))
        secret = secret_in(answer)
        return Outcome(True, order=next(order for order in _orders() if secret_of(order) == secret))

    def pay(self, order: Order) -> Outcome:
        secret = secret_of(order)
        answer = self.browser.post(f"/checkout/{secret}/pay/", data=BUYER)
        if not answer.headers.get("Location", "").startswith(f"{PUBLIC_URL}/sandbox/"):
            return Outcome(False, _message_on(answer), order)
        self._approve(answer.headers["Location"])
        back = self.browser.get(f"/checkout/{secret}/return/")
        return Outcome(back.headers.get("Location") == f"/orders/{secret}/", _message_on(back), order)

    def scan(self, event: Event, ticket: Ticket) -> Outcome:
        form = {"code": ticket.code, "gate": "North", "scan_key": str(uuid4())}
        answer = self.browser.post(f"/gate/{event.slug}/scan/", data=form)
        return Outcome('data-result="admit"' in answer.text, _message_on(answer), ticket.order)

    def sees_event(self, event: Event) -> bool:
        listed = f"/events/{event.slug}/" in self.browser.get("/events/").text
        return _agreed(listed, self.browser.get(f"/events/{event.slug}/"))

    def sees_order(self, order: Order) -> bool:
        # A page of an order is reached by its secret alone: what a person finds is what their own list leads to.
        return f"/{secret_of(order)}/" in self.browser.get("/orders/").text

    def sees_ticket(self, ticket: Ticket) -> bool:
        pages = re.findall(r'href="(/orders/[0-9a-f]{32}/)', self.browser.get("/orders/").text)
        return any(self.browser.get(f"{page}{ticket.code}/").status_code == 200 for page in pages)

    def opens_desk(self, event: Event) -> bool:
        return _found(self.browser.get(f"/organizer/events/{event.slug}/"))

    def call_off(self, event: Event) -> Outcome:
        """Cancel the event."""
        answer = self.browser.post(
            f"/organizer/events/{event.slug}/cancel/", data={"reason": "Rain.", "is_sure": "y"}
        )
        return Outcome(answer.status_code == 302, _message_on(answer))


class Api(Door):
    """The EasyTicket API at `/api/`."""

    def buy(self, event: Event, offer: Offer, quantity: int) -> Outcome:
        answer = self.caller.post("/api/orders/", body_for(event, line_for(offer, quantity)))
        number = answer.json.get("order_number")
        return _told(answer, 201, next((order for order in _orders() if order.number == number), None))

    def pay(self, order: Order) -> Outcome:
        path = f"/api/orders/{order.uuid}"
        answer = self.caller.post(f"{path}/create-payment-intent/")
        if answer.status_code != 200:
            return _told(answer, 200, order)
        self._approve(answer.json["payment_intent"]["payment_url"])
        self.caller.get(f"{path}/payment-status/")
        return Outcome(self.caller.get(f"{path}/").json["status"] == "confirmed", order=order)

    def refund(self, order: Order, amount: str) -> Outcome:
        """Ask for an amount back, in major units."""
        return _told(self.caller.post(f"/api/orders/{order.uuid}/refund/", {"amount": amount}), 200, order)

    def scan(self, event: Event, ticket: Ticket) -> Outcome:
        answer = self.caller.post("/api/tickets/my-tickets/verify/", {"qr_code_data": ticket.code})
        return _told(answer, 200, ticket.order)

    def sees_event(self, event: Event) -> bool:
        listed = [row["slug"] for row in self.caller.get("/api/events/").json["results"]]
        return _agreed(event.slug in listed, self.caller.get(f"/api/events/{event.slug}/"))

    def sees_order(self, order: Order) -> bool:
        return _found(self.caller.get(f"/api/orders/{order.uuid}/"))

    def sees_ticket(self, ticket: Ticket) -> bool:
        return _found(self.caller.get(f"/api/tickets/my-tickets/{ticket.uuid}/"))

    def opens_desk(self, event: Event) -> bool:
        return _found(self.caller.patch(f"/api/events/{event.slug}/", {}))

    def call_off(self, event: Event) -> Outcome:
        """Cancel the event."""
        return _told(self.caller.post(f"/api/events/{event.slug}/cancel/"), 200)


class ApiV1(Door):
    """The Cafa Tickets API at `/api/v1/`."""

    def buy(self, event: Event, offer: Offer, quantity: int) -> Outcome:
        body = {
            "event_id": event.id,
            "ticket_type_id": offer.id,
            "quantity": quantity,
            "attendee_info": _BUYER,
            "payment_method": "card",
        }
        answer = self.caller.post("/api/v1/tickets/purchase/", body)
        code = answer.json.get("purchase_id")
        return _told(answer, 201, next((order for order in _orders() if order.purchase_code == code), None))

    def pay(self, order: Order) -> Outcome:
        # Buying has opened the provider's page already; there is no operation that opens it again.
        self._approve(order.payments[-1].pay_url)
        answer = self.caller.get(f"/api/v1/payments/{order.purchase_code}/status/")
        return Outcome(answer.json["status"] == "completed", str(answer.json.get("message", "")), order)

    def scan(self, event: Event, ticket: Ticket) -> Outcome:
        answer = self.caller.post(f"/api/v1/events/{event.slug}/checkin/", {"ticket_id": ticket.code})
        return _told(answer, 200, ticket.order)

    def sees_event(self, event: Event) -> bool:
        listed = [row["slug"] for row in self.caller.get("/api/v1/events/").json["results"]]
        return _agreed(event.slug in listed, self.caller.get(f"/api/v1/events/{event.slug}/"))

    def sees_order(self, order: Order) -> bool:
        return _found(self.caller.get(f"/api/v1/payments/{order.purchase_code}/status/"))

    def sees_ticket(self, ticket: Ticket) -> bool:
        return _found(self.caller.get(f"/api/v1/tickets/{ticket.code}/"))

    def opens_desk(self, event: Event) -> bool:
        return _found(self.caller.get(f"/api/v1/events/{event.slug}/attendees/"))


SomeDoor = TypeVar("SomeDoor", bound=Door)


class Enter(Protocol):
    """Puts a person at a door, by default somebody new."""

    def __call__(self, door: type[SomeDoor], user: User | None = None) -> SomeDoor: ...


DOORS: list[type[Door]] = [Web, Api, ApiV1]


def _orders() -> list[Order]:
    """Return all orders as they are stored now, the newest first."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Order).order_by(Order.id.desc())))


def _told(answer: TestResponse, done: int, order: Order | None = None) -> Outcome:
    """Return what an answer in JSON says; refusals carry their sentence in `error` or `message`."""
    assert answer.status_code in (done, 400, 403, 404), answer.text
    body: dict[str, Any] = answer.json
    return Outcome(answer.status_code == done, f"{body.get('error', '')} {body.get('message', '')}", order)


def _message_on(answer: TestResponse) -> str:
    """Return the messages on a page, which stand apart from what is always on it."""
    parts = _MESSAGE.findall(answer.text)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", " ".join(parts))).split()) or text_of(answer)[:200]


def _found(answer: TestResponse) -> bool:
    assert answer.status_code in (200, 403, 404), answer.text
    return answer.status_code == 200


def _agreed(listed: bool, page: TestResponse) -> bool:
    assert _found(page) is listed
    return listed

"""What has happened on the live server before a story begins: tickets bought and paid, through the services themselves."""

from __future__ import annotations

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Offer, Order, SalesChannel
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services import sandbox
from easyticket.services.orders import Buyer, WantedLine, place_order, secret_of
from easyticket.services.payments import settle_payment, start_payment


def held_order(
    event: Event, name: str, email: str, *, quantity: int = 1, offer: Offer | None = None
) -> Order:
    """Return an order of somebody who has not paid yet, by default of the event's first offer."""
    wanted = WantedLine((offer or event.ticket_types[0].offers[0]).uuid, quantity)
    return place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[wanted],
        channel=SalesChannel.WEB,
        buyer=Buyer(name, email),
        now=clock.now(),
    )


def paid_order(
    event: Event, name: str, email: str, *, quantity: int = 1, offer: Offer | None = None
) -> Order:
    """Return an order with its tickets, paid through the sandbox where it costs something."""
    order = held_order(event, name, email, quantity=quantity, offer=offer)
    payer = ANONYMOUS.with_order_secret(secret_of(order))
    payment = start_payment(actor=payer, order=order, return_url="", now=clock.now())
    if payment is not None:
        sandbox.approve(payment.reference)
        settle_payment(payment.reference)
        db.session.refresh(order)
    return order

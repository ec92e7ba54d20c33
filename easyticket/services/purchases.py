"""Purchases as clients of the Cafa Tickets API make them: one kind of ticket, held for ten minutes, its payment begun at once.

Orders and payments are those of every other surface; what a purchase adds is that it may be begun again: with its key,
after its provider did not answer, or after a declined payment, whose places do not stand in the way of a new try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from easyticket.core.errors import Conflict, Invalid, NotFound, invalid_field
from easyticket.db import db, transactional
from easyticket.links import public_url
from easyticket.models import Event, Offer, Order, SalesChannel
from easyticket.models.order import UNPAID
from easyticket.queries.events import get_event
from easyticket.queries.offer_items import get_event_offer
from easyticket.queries.purchases import Purchase, get_purchase, list_declined_purchases
from easyticket.rules.people import check_all, normal_email, normal_line, normal_phone
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.purchase import check_event
from easyticket.services.baskets import WantedLine
from easyticket.services.expiry import expire_orders
from easyticket.services.idempotency import Turn
from easyticket.services.open_orders import TooManyOpen
from easyticket.services.orders import Buyer, cancel_order, place_order, secret_of
from easyticket.services.payment_returns import chosen_callback, result_address, return_address
from easyticket.services.payments import start_payment
from easyticket.services.providers import provider_for
from easyticket.services.shortage import SoldOut

# How long the tickets are held here (the API contract).
HOLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PurchaseDraft:
    """What a client wants to buy: an event by slug or number, the number of one of its offers, how many, and for whom."""

    event: str | int
    offer_id: int
    quantity: int
    buyer: Buyer
    payment_method: str = "card"
    callback_url: str = ""
    # Clients that pass on the number of a profile send it as it stands there, with or without the country.
    phone_needs_country: bool = False


@dataclass(frozen=True, slots=True)
class BegunPurchase:
    """A purchase with the page where the payer goes next, and where they come back to (without a reference).

    Where nothing is left to pay, `pay_url` is where they would have come back to, with the reference.
    """

    purchase: Purchase
    pay_url: str
    callback_url: str


def begin_purchase(
    *, actor: Actor, draft: PurchaseDraft, turn: Turn | None = None, now: datetime
) -> BegunPurchase:
    """Hold the tickets for ten minutes and begin to pay them; what costs nothing is confirmed at once.

    With a `turn` (an Idempotency-Key) the order is made once; asked again, its payment is gone on with.

    :raises Invalid: by field: `event`, `offer_id`, `quantity`, `buyer_name`, `buyer_email`, `buyer_phone`, `callback_url`;
        `context` tells `available_quantity`, or `min_quantity` and `max_quantity`.
    :raises TooManyOpen: as `place_order`, if none of them was declined.
    :raises ProviderDown: the tickets are held, and the same key asked again goes on.
    :raises Unavailable: nobody collects this currency here.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.BUY)
    callback = chosen_callback(draft.callback_url)
    order = _made_before(turn) or _place(actor, draft, turn, now)
    code = order.purchase_code
    if order.status in UNPAID:
        start_payment(
            actor=actor,
            order=order,
            return_url=return_address(callback) if callback else _own_page(order),
            method=draft.payment_method,
            now=now,
        )
    purchase = get_purchase(actor, code)
    own_page = _own_page(purchase.order)
    if purchase.order.status in UNPAID and purchase.payment:
        return BegunPurchase(purchase, purchase.payment.pay_url, callback or own_page)
    back = result_address(callback, purchase.reference) if callback else own_page
    return BegunPurchase(purchase, back, callback or own_page)


def _own_page(order: Order) -> str:
    return public_url("checkout.returned", secret=secret_of(order))


def _made_before(turn: Turn | None) -> Order | None:
    if turn is None or turn.made_uuid is None:
        return None
    return db.session.scalars(sa.select(Order).where(Order.uuid == turn.made_uuid)).one()


def _place(actor: Actor, draft: PurchaseDraft, turn: Turn | None, now: datetime) -> Order:
    event = _find_event(actor, draft.event)
    check_event(event, now)
    offer = _find_offer(event, draft.offer_id)
    buyer = _checked(draft)
    if offer.price_minor:
        provider_for(event.currency)  # nothing is held where nobody could be paid
    try:
        return _hold(actor, event, WantedLine(offer.uuid, draft.quantity), buyer, turn, now)
    except Invalid as refusal:
        _tell_by_field(refusal, offer)
        raise


def _hold(
    actor: Actor, event: Event, line: WantedLine, buyer: Buyer, turn: Turn | None, now: datetime
) -> Order:
    try:
        return _hold_once(actor, event, line, buyer, turn, now)
    except (SoldOut, TooManyOpen):
        # The payer's own places, still held after a declined payment, must not stand in the way of a new try.
        declined = list_declined_purchases(actor, event)
        if not declined:
            raise
        # Ended before the transaction below begins, because ending an order may mean asking a provider.
        expire_orders(now, event.id)
        try:
            return _swap(actor, event, line, buyer, declined, turn, now)
        except Conflict:
            # One of them was paid or ended at this very moment: nothing is replaced.
            return _hold_once(actor, event, line, buyer, turn, now)


@transactional
def _swap(
    actor: Actor,
    event: Event,
    line: WantedLine,
    buyer: Buyer,
    declined: Sequence[Order],
    turn: Turn | None,
    now: datetime,
) -> Order:
    """Give up what was declined and hold anew: both, or neither."""
    for order in declined:
        cancel_order(actor=actor, order=order, reason="A new purchase was made instead.", now=now)
    return _hold_once(actor, event, line, buyer, turn, now)


def _hold_once(
    actor: Actor, event: Event, line: WantedLine, buyer: Buyer, turn: Turn | None, now: datetime
) -> Order:
    return place_order(
        actor=actor,
        event=event,
        lines=[line],
        channel=SalesChannel.API_V1,
        buyer=buyer,
        hold_for=HOLD,
        confirm_free=True,
        turn=turn,
        now=now,
    )


def _find_event(actor: Actor, key: str | int) -> Event:
    try:
        return get_event(actor, key)
    except NotFound as refusal:
        raise invalid_field("event", refusal.message) from None


def _find_offer(event: Event, offer_id: int) -> Offer:
    try:
        return get_event_offer(event, offer_id)
    except NotFound:
        raise invalid_field("offer_id", "Ticket type not found") from None


def _checked(draft: PurchaseDraft) -> Buyer:
    buyer = draft.buyer
    clean = check_all(
        {
            "name": lambda: _name(buyer.name),
            "email": lambda: normal_email(buyer.email, field="buyer_email"),
            "phone": lambda: _phone(buyer.phone, needs_country=draft.phone_needs_country),
        }
    )
    return Buyer(**clean)


def _name(text: str) -> str:
    name = normal_line(text, field="buyer_name", longest=255)
    if not name:
        raise invalid_field("buyer_name", "This field may not be blank.")
    return name


def _phone(text: str, *, needs_country: bool) -> str:
    phone = normal_phone(text, field="buyer_phone")
    if needs_country and phone and not phone.startswith("+"):
        raise invalid_field(
            "buyer_phone", "Begin the phone number with + and the country, for example +233241234567."
        )
    return phone


def _tell_by_field(refusal: Invalid, offer: Offer) -> None:
    """Name the fields of a purchase, which has one line, and add the numbers its clients show."""
    if isinstance(refusal, SoldOut):
        refusal.fields = {"quantity": [refusal.message]}
        refusal.context["available_quantity"] = refusal.left
    elif refusal.code == "purchase_limits":
        ticket_type = offer.ticket_type
        refusal.fields = {"quantity": [refusal.message]}
        refusal.context |= {
            "min_quantity": ticket_type.min_purchase,
            "max_quantity": ticket_type.max_purchase,
        }
    elif "items" in refusal.fields:
        refusal.fields = {"offer_id": refusal.fields["items"]}

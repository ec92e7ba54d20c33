"""What becomes of a purchase: where its payment stands by its provider's word, giving it up, and its tickets once more."""

from __future__ import annotations

from datetime import datetime

from easyticket.core.errors import Conflict, NotFound
from easyticket.models import Order
from easyticket.queries.purchases import Purchase, find_purchase, get_purchase
from easyticket.queries.ticket_items import TicketItem, list_items_of_order
from easyticket.rules.order_phase import is_expired, is_hold_good, last_payment_of, payment_to_ask_about
from easyticket.rules.permissions import Actor
from easyticket.rules.purchase_status import PurchaseStatus, purchase_status
from easyticket.services.checkout import resend_tickets
from easyticket.services.intents import ask_about_payment
from easyticket.services.orders import cancel_order, was_renewed


def read_purchase(*, actor: Actor, name: str, now: datetime) -> Purchase:
    """Return a purchase of the actor's account after asking its provider, so that what was just paid is confirmed by it.

    :raises NotFound: there is none, or it is somebody else's.
    """
    return _as_provider_says(get_purchase(actor, name), now)


def verify_purchase(*, name: str, now: datetime) -> Purchase:
    """Return the purchase of that name, whoever's it is, after asking its provider. Who has the name was told it.

    :raises NotFound: there is none.
    """
    purchase = find_purchase(name)
    if purchase is None:
        raise NotFound("There is no payment with this reference.")
    return _as_provider_says(purchase, now)


def list_items_told(order: Order) -> list[TicketItem]:
    """Return the tickets of an order for whoever knows no more of it than the reference of its payment.

    None once its link was renewed: who got the first mail by mistake has the reference too.
    """
    return [] if was_renewed(order) else list_items_of_order(order)


def cancel_purchase(*, actor: Actor, name: str, now: datetime) -> tuple[str, int]:
    """Give up an unpaid purchase; return its code and how many tickets went back on sale.

    The provider is asked first: what was paid a moment ago is not given up.

    :raises NotFound: there is none, or it is somebody else's.
    :raises Conflict: it is finished already; `context` tells its `status`.
    """
    order = _as_provider_says(get_purchase(actor, name), now, at_once=True).order
    if is_expired(order, now):
        told = {"status": PurchaseStatus.FAILED.value}
        raise Conflict("Order has expired", code="hold_expired", context=told)
    code, held = order.purchase_code, order.quantity if is_hold_good(order, now) else 0
    try:
        cancel_order(actor=actor, order=order, now=now)
    except Conflict as refusal:
        refusal.context["status"] = purchase_status(order, last_payment_of(order), now).value
        raise
    return code, held


def resend_purchase(*, actor: Actor, purchase: Purchase, now: datetime) -> tuple[str, int]:
    """Mail the tickets of a paid purchase to its buyer once more; return the buyer's address and how many tickets it has.

    The provider is asked first, so that what was just paid is paid here.

    :raises Conflict: it is not paid, or its tickets are not valid any more; `context` tells its `status`.
    """
    order = _as_provider_says(purchase, now, at_once=True).order
    status = purchase_status(order, last_payment_of(order), now)
    if status is not PurchaseStatus.COMPLETED:
        sentence = "Tickets are sent once the payment is completed."
        raise Conflict(sentence, code="not_completed", context={"status": status.value})
    # Read before the mail is written down: what was loaded for reading is let go of then.
    email, tickets = order.buyer_email, len(order.tickets)
    resend_tickets(actor=actor, order=order, now=now)
    return email, tickets


def _as_provider_says(purchase: Purchase, now: datetime, *, at_once: bool = False) -> Purchase:
    """Return the purchase, read again where its provider was asked because it may know something new.

    `at_once` asks also where it was asked a moment ago, for whoever does more than look.
    """
    if payment_to_ask_about(purchase.order) is None:
        return purchase
    name = purchase.payment_id
    ask_about_payment(purchase.order, now, at_once=at_once)
    return find_purchase(name) or purchase

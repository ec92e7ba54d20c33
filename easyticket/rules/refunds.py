"""Who may ask for money back, and until when. The sentences are the API contract's where it has one."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

from easyticket.core.errors import Conflict
from easyticket.models import Order, OrderStatus, Ticket
from easyticket.rules.order_phase import shown_status
from easyticket.rules.permissions import Actor


class RefundSource(enum.StrEnum):
    """In which role somebody asks; kept with the refund."""

    BUYER = "buyer"
    ORGANIZER = "organizer"
    ADMIN = "admin"


def source_of(actor: Actor, order: Order) -> RefundSource:
    """Return the role with the most rights that the actor has towards the order."""
    if actor.is_staff:
        return RefundSource.ADMIN
    organizes = actor.user_id is not None and actor.user_id == order.event.organizer_id
    return RefundSource.ORGANIZER if organizes else RefundSource.BUYER


def check_paid(order: Order, now: datetime) -> None:
    """Return if the order was paid with money that has not all been returned.

    :raises Conflict: it was not; `context` tells the order's status where that is the reason.
    """
    status = shown_status(order, now)
    if not order.payments:
        raise Conflict("No payment found for this order", code="no_payment")
    if order.status is OrderStatus.CONFIRMED:
        return
    ended = status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    sentence = (
        f"Cannot refund order with status: {status.value}"
        if ended
        else "Only confirmed orders can be refunded"
    )
    raise Conflict(sentence, code="not_refundable", context={"current_status": status.value})


def check_in_time(source: RefundSource, order: Order, tickets: Iterable[Ticket], now: datetime) -> None:
    """Return if somebody in this role may have the money back still: a buyer until the event begins and nothing was used.

    :raises Conflict: too late for a buyer; the organizer and admins decide from then on.
    """
    if source is not RefundSource.BUYER:
        return
    if any(ticket.used_at is not None for ticket in tickets):
        raise Conflict(
            "A ticket of this order has been used. Ask the organizer for a refund.", code="ticket_used"
        )
    if now >= order.event.start_at:
        raise Conflict("The event has begun. Ask the organizer for a refund.", code="event_begun")

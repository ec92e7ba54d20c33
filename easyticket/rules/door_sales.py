"""What may be sold at the door, and how such an order reads.

Cash goes from hand to hand and is never in our books: the order is one of tickets given away, which notes what was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from easyticket.core.errors import Invalid
from easyticket.models import Event, Offer, Order, OrderStatus, SalesChannel, TicketStatus
from easyticket.rules.purchase import MAX_TICKETS, BoughtLine, check_event
from easyticket.rules.sales import why_event_not_on_sale
from easyticket.rules.schedule import event_day_ends_at


def check_door_sale(lines: Sequence[BoughtLine], now: datetime) -> None:
    """Return if all of this may be sold at the door now: whatever sales windows, switches and limits of a purchase say.

    :raises Invalid: the event sells nothing any more, the day of a ticket is over, or there are too many (field `items`).
    """
    for line in lines:
        check_event(line.offer.ticket_type.event, now)
        if is_day_over(line.offer, now):
            message = f"{line.offer.full_name} is for a day that is over."
            raise Invalid(message, code="not_on_sale", fields={"items": [message]})
    if sum(line.quantity for line in lines) > MAX_TICKETS:
        message = f"At most {MAX_TICKETS} tickets can be sold at once."
        raise Invalid(message, code="purchase_limits", fields={"items": [message]})


def is_day_over(offer: Offer, now: datetime) -> bool:
    """Tell whether the one day a ticket of the offer admits on has ended."""
    return offer.day_on is not None and event_day_ends_at(offer.ticket_type.event, offer.day_on) <= now


def sells_at_door(event: Event, now: datetime) -> bool:
    """Tell whether tickets of the event can be sold at its door: it is published and not over."""
    return why_event_not_on_sale(event, now) is None


def is_door_sale(order: Order) -> bool:
    """Tell whether the order was sold at the door, for cash or for nothing."""
    return order.channel is SalesChannel.DESK


def may_be_taken_back(order: Order) -> bool:
    """Tell whether a sale at the door can be ended as if it had not been: nobody came in with a ticket of it."""
    is_good = is_door_sale(order) and order.status is OrderStatus.CONFIRMED
    return is_good and not any(ticket.status is TicketStatus.USED for ticket in order.tickets)


def amount_off_text(order: Order) -> str:
    """Return why the order costs less than its tickets, as one line of its sum: cash, a present or a promo code."""
    if is_door_sale(order):
        return "Paid in cash at the door" if order.cash_minor else "Free at the door"
    return f"Promo code {order.promo_code}" if order.promo_code else "Discount"

"""What one purchase may contain: things on sale, within each ticket type's limits. The sentences are the API contract's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Invalid
from easyticket.models import Event, Offer, OfferKind, TicketType
from easyticket.rules.sales import NotOnSale, why_event_not_on_sale, why_offer_not_on_sale

# Tickets in one order, whatever its ticket types allow: each becomes a page of a PDF and a part of a mail.
MAX_TICKETS = 100
# Orders of one event that an account has and has not paid, while their places are held: nobody keeps all from the others.
MAX_OPEN_ORDERS = 5


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """So many tickets of one offer."""

    offer: Offer
    quantity: int


def check_event(event: Event, now: datetime) -> None:
    """Return if the event sells at all now.

    :raises Invalid: it is not published, cancelled or over (field `event`).
    """
    reason = why_event_not_on_sale(event, now)
    if reason is not None:
        raise Invalid(
            _EVENT_SENTENCES[reason],
            code=f"event_{reason.value}",
            fields={"event": [_EVENT_SENTENCES[reason]]},
        )


def check_purchase(lines: Sequence[BoughtLine], now: datetime) -> None:
    """Return if everything may be bought together now.

    :raises Invalid: something is not on sale, or too few or too many of one ticket type; `items` says which.
    """
    for line in lines:
        check_event(line.offer.ticket_type.event, now)
        if why_offer_not_on_sale(line.offer, now) is not None:
            message = f"{_name(line.offer)} is not currently on sale"
            raise Invalid(message, code="not_on_sale", fields={"items": [message]})
    _check_limits(lines)


def _check_limits(lines: Sequence[BoughtLine]) -> None:
    if sum(line.quantity for line in lines) > MAX_TICKETS:
        message = f"At most {MAX_TICKETS} tickets can be bought in one order"
        raise Invalid(message, code="purchase_limits", fields={"items": [message]})
    quantities: Counter[TicketType] = Counter()
    for line in lines:
        quantities[line.offer.ticket_type] += line.quantity
    for ticket_type, quantity in quantities.items():
        if quantity < ticket_type.min_purchase:
            message = (
                f"At least {ticket_type.min_purchase} tickets of '{ticket_type.name}' must be bought together"
            )
        elif quantity > ticket_type.max_purchase:
            message = (
                f"At most {ticket_type.max_purchase} tickets of '{ticket_type.name}' can be bought at once"
            )
        else:
            continue
        raise Invalid(message, code="purchase_limits", fields={"items": [message]})


def _name(offer: Offer) -> str:
    if offer.kind is OfferKind.DAY_TIER:
        return f"'{offer.tier_name}' for '{offer.day_name}'"
    if offer.kind is OfferKind.SIMPLE:
        return f"Ticket '{offer.ticket_type.name}'"
    return f"Ticket '{offer.ticket_type.name} - {offer.tier_name or offer.day_name}'"


_EVENT_SENTENCES = {
    NotOnSale.DRAFT: "Cannot create order for unpublished event",
    NotOnSale.CANCELLED: "This event was cancelled, so no tickets are sold any more",
    NotOnSale.TAKEN_DOWN: "This event was taken down, so no tickets are sold any more",
    NotOnSale.EVENT_OVER: "This event is over, so no tickets are sold any more",
}

"""Orders as the clients of the API make them: lines by ticket type, the buyer's account for what they leave out, keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import invalid_field
from easyticket.db import db
from easyticket.models import Event, Order, SalesChannel, User
from easyticket.queries.ordered_lines import find_named
from easyticket.rules.fields import Faults
from easyticket.rules.ordered_lines import OrderedLine, offer_of
from easyticket.rules.people import check_all, normal_email, normal_line, normal_text
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.purchase import MAX_TICKETS, check_event
from easyticket.services.baskets import WantedLine
from easyticket.services.idempotency import Turn
from easyticket.services.orders import Buyer, place_order
from easyticket.services.shortage import SoldOut


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What a client wants to buy. Prices and status are not for it to say; an empty buyer is the account's owner."""

    event: UUID
    items: Sequence[OrderedLine]
    buyer_email: str = ""
    buyer_name: str = ""
    buyer_phone: str = ""
    promo_code: str = ""
    notes: str = ""


def order_tickets(
    *, actor: Actor, draft: OrderDraft, channel: SalesChannel, turn: Turn | None = None, now: datetime
) -> Order:
    """Return the order that holds what was wanted, confirmed with its tickets where it costs nothing.

    With a `turn` (an Idempotency-Key) the order is made once; asked again after it was made, it is returned as it is now.

    :raises SoldOut: not enough is left; field `items`.
    :raises Invalid: by field, lines as `items.0.ticket_tier_id`.
    :raises Repeated: as `idempotency.take_turn`.
    """
    require(actor, Permission.BUY)
    if turn is not None and turn.made_uuid is not None:
        return db.session.scalars(sa.select(Order).where(Order.uuid == turn.made_uuid)).one()
    event = _find_event(draft.event)
    check_event(event, now)
    buyer, notes = _check_texts(actor, draft)
    try:
        return place_order(
            actor=actor,
            event=event,
            lines=wanted_lines(event, draft.items),
            channel=channel,
            buyer=buyer,
            promo_code=draft.promo_code,
            notes=notes,
            confirm_free=True,
            turn=turn,
            now=now,
        )
    except SoldOut as refusal:
        refusal.fields = {"items": [refusal.message]}
        raise


def wanted_lines(event: Event, lines: Sequence[OrderedLine]) -> list[WantedLine]:
    """Return the lines by the offers they mean.

    :raises Invalid: with everything that is wrong, by line and field.
    """
    if not lines:
        raise invalid_field("items", "Order must have at least one item")
    if len(lines) > MAX_TICKETS:
        raise invalid_field("items", f"At most {MAX_TICKETS} tickets can be bought in one order")
    types, offers = find_named(event, lines)
    faults = Faults()
    meant = [
        (offer_of(line, types.get(line.ticket_type_id), offers, faults, f"items.{number}."), line.quantity)
        for number, line in enumerate(lines)
    ]
    faults.raise_if_any()
    return [WantedLine(offer.uuid, quantity) for offer, quantity in meant if offer is not None]


def _find_event(uuid: UUID) -> Event:
    event = db.session.scalar(sa.select(Event).where(Event.uuid == uuid))
    if event is None:
        raise invalid_field("event", f'Invalid pk "{uuid}" - object does not exist.')
    return event


def _check_texts(actor: Actor, draft: OrderDraft) -> tuple[Buyer, str]:
    account = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    name = draft.buyer_name or (account.display_name if account else "")
    email = draft.buyer_email or (account.email if account else "")
    clean = check_all(
        {
            "buyer_name": lambda: normal_line(name, field="buyer_name", longest=255),
            "buyer_email": lambda: normal_email(email, field="buyer_email"),
            "buyer_phone": lambda: normal_line(draft.buyer_phone, field="buyer_phone", longest=20),
            "promo_code": lambda: normal_line(draft.promo_code, field="promo_code", longest=50),
            "notes": lambda: normal_text(draft.notes, field="notes", longest=2000),
        }
    )
    return Buyer(clean["buyer_name"], clean["buyer_email"], clean["buyer_phone"]), clean["notes"]

"""What an order is made of: wanted tickets become priced lines, a promo code takes its share, units are counted per quota."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from easyticket.core.errors import invalid_field
from easyticket.core.money import smallest_step
from easyticket.db import db
from easyticket.models import Event, Offer, Order, OrderLine, PromoCode, Quota, QuotaKind
from easyticket.rules.pricing import PricedLine, Quote, quote_order
from easyticket.rules.purchase import BoughtLine, check_purchase
from easyticket.services import inventory
from easyticket.services.providers import least_charge

# Kinds of tickets in one order: more is no purchase but a way to make the server work.
MAX_LINES = 50


@dataclass(frozen=True, slots=True)
class WantedLine:
    """So many tickets of one offer; the same offer twice is added up."""

    offer_uuid: UUID
    quantity: int


def take_lines(event_id: int, lines: Sequence[WantedLine], now: datetime) -> tuple[Event, list[BoughtLine]]:
    """Merge the wanted lines, find their offers and check them against the limits of a purchase, under `lock_offers`.

    :raises Invalid: a wrong quantity or too many lines; the event or an offer is gone; or `rules.purchase` refuses.
    """
    quantities = merged_quantities(lines)
    event, offers = lock_offers(event_id, Offer.uuid.in_(quantities))
    if len(offers) != len(quantities):
        raise invalid_field("items", "Ticket type not found")
    bought = [BoughtLine(offer, quantities[offer.uuid]) for offer in offers]
    check_purchase(bought, now)
    return event, bought


def lock_offers(event_id: int, wanted: sa.ColumnElement[bool]) -> tuple[Event, Sequence[Offer]]:
    """Return an event and those of its offers that are wanted, read afresh, as they stay until the transaction ends.

    Nobody deletes one of these offers, their ticket type or the event meanwhile, or takes the event back to a draft: all
    of that locks the offers FOR UPDATE first. Prices and limits may change, and purchases do not wait for each other.

    :raises Invalid: there is no such event (any more); field `event`.
    """
    offers = db.session.scalars(
        sa.select(Offer)
        .where(Offer.event_id == event_id, wanted)
        .options(selectinload(Offer.ticket_type))
        .order_by(Offer.id)
        .with_for_update(read=True, key_share=True, of=Offer)
        .execution_options(populate_existing=True)
    ).all()
    # After the lock: whoever had the offers before may have changed the event.
    event = db.session.get(Event, event_id, populate_existing=True)
    if event is None:
        raise invalid_field("event", "There is no such event.")
    return event, offers


def merged_quantities(lines: Sequence[WantedLine]) -> Counter[UUID]:
    """Return how many of which offer (by UUID) are wanted.

    :raises Invalid: a wrong quantity, nothing at all, or too many kinds (fields `quantity`, `items`).
    """
    quantities: Counter[UUID] = Counter()
    for line in lines:
        if type(line.quantity) is not int or line.quantity < 1:  # True is no quantity
            raise invalid_field("quantity", "Ensure this value is greater than or equal to 1.")
        quantities[line.offer_uuid] += line.quantity
    if not quantities:
        raise invalid_field("items", "Order must have at least one item")
    if len(quantities) > MAX_LINES:
        raise invalid_field("items", f"An order can have {MAX_LINES} kinds of tickets at most.")
    return quantities


def order_line(item: BoughtLine, now: datetime) -> OrderLine:
    """Return the line with names, day and price as they are now."""
    offer = item.offer
    return OrderLine(
        offer=offer,
        quantity=item.quantity,
        unit_price_minor=offer.price_minor,
        subtotal_minor=offer.price_minor * item.quantity,
        ticket_name=offer.ticket_type.name,
        tier_name=offer.tier_name,
        day_name=offer.day_name,
        day_on=offer.day_on,
        is_all_days=offer.is_all_days,
        created_at=now,
    )


def apply_quote(order: Order, promo: PromoCode | None) -> None:
    """Write what the lines cost together into the order and each line's share into the line."""
    quote: Quote = quote_order(
        [PricedLine(line.unit_price_minor, line.quantity) for line in order.lines],
        fee_basis_points=order.fee_basis_points,
        fee_bearer=order.fee_bearer,
        promo=(promo.kind, promo.value) if promo else None,
        step=smallest_step(order.currency),
        least_minor=least_charge(order.currency) if promo else 0,
    )
    order.subtotal_minor = quote.subtotal_minor
    order.discount_minor = quote.discount_minor
    order.fee_minor = quote.fee_minor
    order.platform_fee_minor = quote.platform_fee_minor
    order.total_minor = quote.total_minor
    order.promo_code_id = promo.id if promo else None
    order.promo_code = promo.code if promo else ""
    for line, fee, discount in zip(order.lines, quote.line_fees, quote.line_discounts, strict=True):
        line.fee_minor, line.discount_minor = fee, discount


def requote(order: Order, promo: PromoCode | None) -> None:
    """Price the lines as the offers cost now."""
    for line in order.lines:
        line.unit_price_minor = line.offer.price_minor
        line.subtotal_minor = line.unit_price_minor * line.quantity
    apply_quote(order, promo)


def units_of(order: Order, promo: PromoCode | None) -> Counter[int]:
    """Return how many units of which quota (by id) the order takes, one use of the promo code included."""
    promo_quota_id = None
    if promo is not None:
        promo_quota_id = db.session.scalar(
            sa.select(Quota.id).where(Quota.kind == QuotaKind.PROMO, Quota.owner_id == promo.id)
        )
    quantities = {line.offer_id: line.quantity for line in order.lines}
    return inventory.needed_units(quantities, promo_quota_id=promo_quota_id)


def find_promo(event: Event, code: str, now: datetime) -> PromoCode:
    """Return the event's promo code written as `code` in any case.

    :raises Invalid: unknown, or not valid now (field `promo_code`).
    """
    promo = db.session.scalar(
        sa.select(PromoCode).where(
            PromoCode.event_id == event.id, PromoCode.code_key == code.strip().upper()[:50]
        )
    )
    if promo is None or not promo.is_active:
        raise invalid_field("promo_code", "This code is not known here. Check the spelling.")
    if (promo.starts_at and now < promo.starts_at) or (promo.ends_at and now >= promo.ends_at):
        raise invalid_field("promo_code", "This code is not valid now.")
    return promo

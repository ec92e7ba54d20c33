"""Sales at the door, for cash or for nothing: tickets are issued at once, and of the money nothing is in our books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from easyticket.core.errors import Conflict, invalid_field
from easyticket.core.ids import purchase_code
from easyticket.core.signing import digest
from easyticket.db import db, transactional
from easyticket.models import ChangeAction, Event, Offer, Order, OrderStatus, SalesChannel
from easyticket.rules.door_sales import check_door_sale, is_door_sale, may_be_taken_back
from easyticket.rules.people import normal_email, normal_line
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.purchase import BoughtLine
from easyticket.services import inventory
from easyticket.services.baskets import WantedLine, lock_offers, merged_quantities, order_line, units_of
from easyticket.services.change_log import record_change
from easyticket.services.idempotency import Repeated, Turn, find_record, take_turn
from easyticket.services.inventory import QuotaFull
from easyticket.services.order_lock import lock_order
from easyticket.services.orders import next_order_number, secret_of, with_expired_released
from easyticket.services.refunds import locked_tickets
from easyticket.services.settlement import confirm_unpaid
from easyticket.services.shortage import SoldOut, in_words, shortage_of
from easyticket.services.tickets import cancel_tickets

_OPERATION = "door_sale"
# Held and sold in one transaction: the hold never waits for anybody.
_HOLD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSale:
    """What is sold and to whom. `is_cash` is paid from hand to hand at the tickets' prices, else they are a present.

    Name and address may be empty: the tickets are shown, and mailed where there is an address.
    """

    lines: Sequence[WantedLine]
    is_cash: bool
    name: str = ""
    email: str = ""


def sell_at_door(*, actor: Actor, event: Event, sale: DoorSale, token: str, now: datetime) -> Order:
    """Return the confirmed order with its tickets; the same `token` with the same sale again gives the same order.

    :raises SoldOut: not enough is left, also of what other buyers hold.
    :raises Invalid: nothing wanted, a day that is over, an event that is over or not published; a bad name or address.
    """
    require(actor, Permission.SELL_AT_DOOR, event)
    event_id, turn = event.id, _turn_of(actor, event, sale, token)
    if made := _made_by(turn):
        return made
    number = next_order_number(now)

    @transactional
    def sell() -> Order:
        return _sell(take_turn(turn, now), number, actor, event_id, sale, now)

    try:
        return with_expired_released(event_id, sell, now)
    except SoldOut as refusal:
        raise in_words(refusal) from None
    except Repeated:
        if made := _made_by(turn):
            return made
        raise


@transactional
def take_back_door_sale(*, actor: Actor, order: Order, now: datetime) -> Order:
    """End a sale at the door that was a mistake: its tickets admit nobody and their places are on sale again.

    :raises Conflict: it was not sold at the door, has ended already, or somebody came in with it.
    """
    require(actor, Permission.EDIT_SOLD_ORDER, order)
    order = lock_order(order.id)
    tickets = locked_tickets(order)
    if not is_door_sale(order):
        raise Conflict("This order was not sold at the door.", code="not_at_door")
    if not may_be_taken_back(order):
        raise Conflict(
            "This sale cannot be taken back: it has ended, or somebody came in with a ticket of it.",
            code="not_taken_back",
        )
    cancel_tickets(tickets, now, restock=True)
    before = {"status": order.status, "cash_minor": order.cash_minor}
    order.status, order.cancelled_at, order.cash_minor = OrderStatus.CANCELLED, now, 0
    after = {"status": order.status, "cash_minor": order.cash_minor}
    record_change(actor, ChangeAction.ORDER_CANCELLED, now=now, order=order, before=before, after=after)
    return order


def _sell(uuid: UUID, number: str, actor: Actor, event_id: int, sale: DoorSale, now: datetime) -> Order:
    quantities = merged_quantities(sale.lines)
    event, offers = lock_offers(event_id, Offer.uuid.in_(quantities))
    if len(offers) != len(quantities):
        raise invalid_field("items", "These tickets are not sold here. Choose again.")
    bought = [BoughtLine(offer, quantities[offer.uuid]) for offer in offers]
    check_door_sale(bought, now)
    order = _new_order(uuid, number, event, bought, sale, now)
    db.session.add(order)
    db.session.flush()
    try:
        inventory.hold_units(order, units_of(order, None), expires_at=order.expires_at, now=now)
    except QuotaFull as full:
        raise shortage_of(full, order, now) from full
    confirm_unpaid(order, now)
    order.payment_method = "cash" if order.cash_minor else "free"
    after = {"tickets": order.quantity, "cash_minor": order.cash_minor}
    record_change(actor, ChangeAction.ORDER_SOLD_AT_DOOR, now=now, order=order, after=after)
    return order


def _new_order(
    uuid: UUID, number: str, event: Event, bought: Sequence[BoughtLine], sale: DoorSale, now: datetime
) -> Order:
    lines = [order_line(item, now) for item in bought]
    for line in lines:
        line.discount_minor = line.subtotal_minor
    subtotal = sum(line.subtotal_minor for line in lines)
    order = Order(
        uuid=uuid,
        number=number,
        purchase_code=purchase_code(),
        event=event,
        channel=SalesChannel.DESK,
        status=OrderStatus.PENDING,
        expires_at=now + _HOLD,
        buyer_name=normal_line(sale.name, field="name", longest=255),
        buyer_email=normal_email(sale.email) if sale.email.strip() else "",
        currency=event.currency,
        lines=lines,
        subtotal_minor=subtotal,
        # All of it is off: to us the order costs nothing, and brings us no fee.
        discount_minor=subtotal,
        fee_minor=0,
        total_minor=0,
        platform_fee_minor=0,
        fee_basis_points=0,
        fee_bearer=event.fee_bearer,
        cash_minor=subtotal if sale.is_cash else 0,
        created_at=now,
    )
    order.secret_digest = digest(secret_of(order))
    return order


def _turn_of(actor: Actor, event: Event, sale: DoorSale, token: str) -> Turn:
    wanted = sorted(f"{line.offer_uuid}:{line.quantity}" for line in sale.lines)
    said = "\n".join([token, str(event.uuid), str(sale.is_cash), sale.name, sale.email, *wanted])
    key = digest(said)
    return Turn(f"user:{actor.user_id}", _OPERATION, key, body_digest=key)


def _made_by(turn: Turn) -> Order | None:
    record = find_record(turn)
    if record is None:
        return None
    return db.session.scalars(
        sa.select(Order).where(Order.uuid == record.made_uuid, Order.channel == SalesChannel.DESK)
    ).first()

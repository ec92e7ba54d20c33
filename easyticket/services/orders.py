"""Orders from the first hold to the last word before payment: placing, naming the buyer, holding again, cancelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from easyticket.core.errors import Conflict, Forbidden
from easyticket.core.ids import order_number, purchase_code
from easyticket.core.signing import digest, order_secret
from easyticket.db import db, transactional
from easyticket.models import (
    ChangeAction,
    Event,
    HoldState,
    Offer,
    Order,
    OrderCounter,
    OrderStatus,
    PromoCode,
    SalesChannel,
    Ticket,
    User,
)
from easyticket.models.order import UNPAID
from easyticket.rules.order_phase import RENEWABLE_FOR
from easyticket.rules.people import normal_email, normal_line, normal_text
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.purchase import BoughtLine, check_purchase
from easyticket.services import inventory
from easyticket.services.baskets import (
    WantedLine,
    apply_quote,
    find_promo,
    lock_offers,
    order_line,
    requote,
    take_lines,
    units_of,
)
from easyticket.services.change_log import record_change
from easyticket.services.expiry import expire_orders
from easyticket.services.idempotency import Turn, take_turn
from easyticket.services.inventory import QuotaFull
from easyticket.services.open_orders import count_open_orders, refuse_too_many
from easyticket.services.order_lock import lock_order
from easyticket.services.organizer_lock import keep_account_open
from easyticket.services.settlement import abandon_attempts, confirm_unpaid
from easyticket.services.shortage import SoldOut, shortage_of

# How often the link of one order can be renewed: so many digests are compared at most to find it again.
_MOST_GENERATIONS = 100


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: where tickets and questions go."""

    name: str
    email: str
    phone: str = ""


def secret_of(order: Order) -> str:
    """Return the 128-bit secret of the order's link, derived again from its UUID: the one whose digest is stored."""
    return _secret_of_generation(order, _generation_of(order))


def was_renewed(order: Order) -> bool:
    """Tell whether the order has another link than it was made with, because the first came into the wrong hands."""
    return _generation_of(order) > 0


def renew_secret(order: Order) -> None:
    """Give an order another secret: the link with the one before opens nothing any more.

    :raises Conflict: that was done a hundred times already.
    """
    generation = _generation_of(order) + 1
    if generation == _MOST_GENERATIONS:
        raise Conflict("The link of this order was changed too often.", code="too_many_links")
    order.secret_digest = digest(_secret_of_generation(order, generation))


def _generation_of(order: Order) -> int:
    """Return how often the link of an order was renewed; the digest alone tells. A new order has none yet."""
    if not order.secret_digest:
        return 0
    made = (digest(_secret_of_generation(order, each)) for each in range(_MOST_GENERATIONS))
    return next((each for each, found in enumerate(made) if found == order.secret_digest), 0)


def _secret_of_generation(order: Order, generation: int) -> str:
    return order_secret(current_app.config["SETTINGS"].secret_key, order.uuid, generation)


def place_order(
    *,
    actor: Actor,
    event: Event,
    lines: Sequence[WantedLine],
    channel: SalesChannel,
    buyer: Buyer | None = None,
    promo_code: str = "",
    notes: str = "",
    hold_for: timedelta | None = None,
    confirm_free: bool = False,
    turn: Turn | None = None,
    now: datetime,
) -> Order:
    """Return a pending order whose places are held, at prices and fees that stay as they are now.

    Lines are of one event; the same offer twice is merged. Free orders are pending too, until they are paid by nothing,
    or at once confirmed with `confirm_free`. `turn` makes it once for one Idempotency-Key.

    :raises Repeated: as `idempotency.take_turn`.
    :raises SoldOut: not enough left; `retry_after` says when held places run out.
    :raises TooManyOpen: the account has too many unpaid orders of this event already.
    :raises Invalid: nothing wanted, not on sale, outside the limits of a purchase, an unknown promo code, a bad address.
    :raises AccountClosed: the account was closed meanwhile.
    """
    require(actor, Permission.BUY, event)
    event_id = event.id  # before a transaction ends, after which the event may be gone
    number = next_order_number(now)

    @transactional
    def place() -> Order:
        uuid = take_turn(turn, now)
        order = _place(uuid, number, actor, event_id, lines, channel, buyer, promo_code, notes, hold_for, now)
        if confirm_free and order.total_minor == 0:
            confirm_unpaid(order, now)
        return order

    return with_expired_released(event_id, place, now)


@transactional
def name_buyer(*, actor: Actor, order: Order, buyer: Buyer) -> Order:
    """Write down who buys; may be repeated until the order is paid. An order without an account joins the actor's."""
    require(actor, Permission.PAY_ORDER, order)
    order = lock_order(order.id)
    if order.status not in UNPAID:
        raise Conflict("This order is finished, so the buyer cannot be changed any more.")
    _set_buyer(order, buyer)
    if order.user_id is None and actor.user_id is not None:
        keep_account_open(actor.user_id)
        order.user_id = actor.user_id
    return order


@transactional
def apply_promo(*, actor: Actor, order: Order, code: str, now: datetime) -> Order:
    """Put a promo code on an order that is not paid for yet; an empty code takes it off. One use of the code is held.

    :raises Invalid: unknown, not valid now, or used up (field `promo_code`).
    """
    require(actor, Permission.PAY_ORDER, order)
    order = lock_order(order.id)
    if order.status is not OrderStatus.PENDING or not _is_held(order, now):
        raise Conflict("A promo code can be used before paying, while the tickets are held.")
    promo = find_promo(order.event, code, now) if code.strip() else None
    hold = order.hold
    if hold is None or not inventory.release_hold(hold, now):
        raise Conflict("The tickets are not held any more.")
    requote(order, promo)
    try:
        inventory.hold_units_again(hold, units_of(order, promo), expires_at=order.expires_at, now=now)
    except QuotaFull as full:
        raise shortage_of(full, order, now) from full
    return order


def hold_again(*, actor: Actor, order: Order, now: datetime) -> Order:
    """Hold the same tickets again for an order whose hold ran out, at today's prices; what was typed is kept.

    :raises SoldOut: they are gone, or held by others.
    :raises Conflict: the order is paid, cancelled or still held; or its account has too many unpaid ones by now.
    """
    require(actor, Permission.PAY_ORDER, order)
    order_id, event_id = order.id, order.event_id
    return with_expired_released(event_id, lambda: _hold_again(order_id, now), now)


@transactional
def cancel_order(*, actor: Actor, order: Order, reason: str = "", now: datetime) -> Order:
    """Give back the places of an order that is not paid. Money that still arrives for it is refunded.

    :raises Conflict: paid (ask for a refund instead) or cancelled already.
    :raises Invalid: a reason of more than 500 characters (field `reason`).
    """
    require(actor, Permission.CANCEL_ORDER, order)
    reason = normal_text(reason, field="reason", longest=500)
    order = lock_order(order.id)
    if order.status is OrderStatus.CONFIRMED:
        raise Conflict(
            "Cannot cancel confirmed order. Please request a refund instead.", code="order_confirmed"
        )
    if order.status not in (*UNPAID, OrderStatus.FAILED):
        raise Conflict(f"Order is already {order.status.value}", code="order_finished")
    order.status = OrderStatus.CANCELLED
    order.cancelled_at = now
    order.cancellation_reason = reason
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    abandon_attempts(order)
    after = {"reason": reason} if reason else {}
    record_change(actor, ChangeAction.ORDER_CANCELLED, order=order, after=after, now=now)
    return order


@transactional
def join_guest_orders(user: User) -> int:
    """Give an account the guest orders made with its verified address; return how many joined."""
    if not user.is_email_verified:
        raise Forbidden("Only a verified address can take over guest orders.")
    guest = (Order.user_id.is_(None)) & (Order.buyer_email == user.email)
    order_ids = list(db.session.scalars(sa.select(Order.id).where(guest)))
    if order_ids:
        db.session.execute(sa.update(Order).where(Order.id.in_(order_ids)).values(user_id=user.id))
        mine = Ticket.order_id.in_(order_ids) & Ticket.owner_id.is_(None) & Ticket.sent_on_at.is_(None)
        db.session.execute(sa.update(Ticket).where(mine).values(owner_id=user.id))
    return len(order_ids)


def with_expired_released(event_id: int, attempt: Callable[[], Order], now: datetime) -> Order:
    """Try; where the stock is only blocked by holds that have run out, end those and try once more."""
    try:
        return attempt()
    except SoldOut:
        if not expire_orders(now, event_id):
            raise
    return attempt()


@transactional
def next_order_number(now: datetime) -> str:
    """Count up today's orders in a transaction of its own: gaps are allowed, and nobody waits behind a purchase."""
    day = now.date()
    insert = sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert
    count_up = (
        insert(OrderCounter)
        .values(day_on=day, last=1)
        .on_conflict_do_update(index_elements=["day_on"], set_={"last": OrderCounter.last + 1})
        .returning(OrderCounter.last)
    )
    return order_number(day, int(db.session.execute(count_up).scalar_one()))


def _place(
    uuid: UUID,
    number: str,
    actor: Actor,
    event_id: int,
    lines: Sequence[WantedLine],
    channel: SalesChannel,
    buyer: Buyer | None,
    promo_code: str,
    notes: str,
    hold_for: timedelta | None,
    now: datetime,
) -> Order:
    if actor.user_id is not None:
        keep_account_open(actor.user_id)
    event, bought = take_lines(event_id, lines, now)
    promo = find_promo(event, promo_code, now) if promo_code.strip() else None
    order = _new_order(uuid, number, actor, event, bought, promo, channel, notes, hold_for, now)
    if buyer is not None:
        _set_buyer(order, buyer)
    db.session.add(order)
    db.session.flush()
    units, asked = units_of(order, promo), count_open_orders(order, now)
    try:
        count = inventory.hold_units(order, units, expires_at=order.expires_at, now=now, asked=asked)
    except QuotaFull as full:
        raise shortage_of(full, order, now) from full
    refuse_too_many(count)
    return order


def _new_order(
    uuid: UUID,
    number: str,
    actor: Actor,
    event: Event,
    bought: Sequence[BoughtLine],
    promo: PromoCode | None,
    channel: SalesChannel,
    notes: str,
    hold_for: timedelta | None,
    now: datetime,
) -> Order:
    settings = current_app.config["SETTINGS"]
    order = Order(
        uuid=uuid,
        number=number,
        purchase_code=purchase_code(),
        event=event,
        user_id=actor.user_id,
        channel=channel,
        status=OrderStatus.PENDING,
        expires_at=now + (hold_for or timedelta(minutes=settings.hold_minutes)),
        notes=notes.strip()[:2000],
        currency=event.currency,
        fee_basis_points=settings.fee_basis_points
        if event.fee_basis_points is None
        else event.fee_basis_points,
        fee_bearer=event.fee_bearer,
        created_at=now,
    )
    order.secret_digest = digest(secret_of(order))
    order.lines = [order_line(item, now) for item in bought]
    apply_quote(order, promo)
    return order


def _set_buyer(order: Order, buyer: Buyer) -> None:
    name = normal_line(buyer.name, field="buyer_name", longest=255)
    phone = normal_line(buyer.phone, field="buyer_phone", longest=20)
    email = normal_email(buyer.email, field="buyer_email")
    order.buyer_name, order.buyer_email, order.buyer_phone = name, email, phone


@transactional
def _hold_again(order_id: int, now: datetime) -> Order:
    order = lock_order(order_id)
    if now - order.created_at > RENEWABLE_FOR:
        raise Conflict("These tickets were held long enough. Choose them again.", code="held_too_long")
    if order.status is not OrderStatus.FAILED or order.hold is None:
        raise Conflict("The tickets of this order cannot be held again.")
    lock_offers(order.event_id, Offer.id.in_([line.offer_id for line in order.lines]))
    check_purchase([BoughtLine(line.offer, line.quantity) for line in order.lines], now)
    promo = find_promo(order.event, order.promo_code, now) if order.promo_code else None
    requote(order, promo)
    order.status = OrderStatus.PENDING
    order.failed_at, order.failure_reason = None, ""
    order.expires_at = now + timedelta(minutes=current_app.config["SETTINGS"].hold_minutes)
    db.session.flush()
    try:
        held = inventory.hold_units_again(
            order.hold, units_of(order, promo), expires_at=order.expires_at, now=now
        )
    except QuotaFull as full:
        raise shortage_of(full, order, now) from full
    if not held:
        raise Conflict("The tickets of this order cannot be held again.")
    asked = count_open_orders(order, now)
    refuse_too_many(db.session.scalar(sa.select(asked)) if asked is not None else None)
    return order


def _is_held(order: Order, now: datetime) -> bool:
    return order.hold is not None and order.hold.state is HoldState.HELD and order.expires_at > now

"""Orders from the first hold to the last word before payment: placing, naming the buyer, holding again, cancelling, expiring."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import selectinload

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid, ProviderDown, invalid_field
from easyticket.core.ids import order_number, purchase_code
from easyticket.core.signing import digest, order_secret
from easyticket.db import db, transactional
from easyticket.models import (
    Event,
    Hold,
    HoldLine,
    HoldState,
    Offer,
    Order,
    OrderCounter,
    OrderLine,
    OrderStatus,
    Payment,
    PromoCode,
    Quota,
    QuotaKind,
    SalesChannel,
    Ticket,
    TicketType,
    User,
)
from easyticket.models.payment import OPEN_STATES
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.pricing import PricedLine, Quote, quote_order
from easyticket.rules.purchase import BoughtLine, check_purchase
from easyticket.services import inventory, payments
from easyticket.services.inventory import QuotaFull

log = logging.getLogger(__name__)

UNPAID = (OrderStatus.PENDING, OrderStatus.PROCESSING)
# Kinds of tickets in one order: more is no purchase but a way to make the server work.
MAX_LINES = 50


@dataclass(frozen=True, slots=True)
class WantedLine:
    """So many tickets of one offer; the same offer twice is added up."""

    offer_uuid: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: where tickets and questions go."""

    name: str
    email: str
    phone: str = ""


class SoldOut(Invalid):
    """Not enough is left of `name`. `retry_after` (seconds) is set when places are only held and may come back by then."""

    code = "sold_out"

    def __init__(self, message: str, *, left: int, retry_after: int | None = None, name: str = "") -> None:
        super().__init__(message, code="all_held" if retry_after is not None else "sold_out")
        self.name = name
        self.left = left
        self.retry_after = retry_after


def secret_of(order: Order) -> str:
    """Return the 128-bit secret of the order's link, derived again from its UUID."""
    return order_secret(current_app.config["SETTINGS"].secret_key, order.uuid)


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
    now: datetime,
) -> Order:
    """Return a pending order whose places are held, at prices and fees that stay as they are now.

    Lines are of one event; the same offer twice is merged. Free orders are pending too, until they are paid by nothing.

    :raises SoldOut: not enough left; `retry_after` says when held places run out.
    :raises Invalid: nothing wanted, not on sale, outside the limits of a purchase, an unknown promo code, a bad address.
    """
    require(actor, Permission.BUY, event)
    number = _next_number(now)
    event_id = event.id

    def place() -> Order:
        return _place(number, actor, event_id, lines, channel, buyer, promo_code, notes, hold_for, now)

    return _with_expired_released(event_id, place, now)


@transactional
def name_buyer(*, actor: Actor, order: Order, buyer: Buyer, now: datetime) -> Order:
    """Write down who buys; may be repeated until the order is paid. An order without an account joins the actor's."""
    require(actor, Permission.PAY_ORDER, order)
    order = _locked(order)
    if order.status not in UNPAID:
        raise Conflict("This order is finished, so the buyer cannot be changed any more.")
    _set_buyer(order, buyer)
    if order.user_id is None and actor.user_id is not None:
        order.user_id = actor.user_id
    return order


@transactional
def apply_promo(*, actor: Actor, order: Order, code: str, now: datetime) -> Order:
    """Put a promo code on an order that is not paid for yet; an empty code takes it off. One use of the code is held.

    :raises Invalid: unknown, not valid now, or used up (field `promo_code`).
    """
    require(actor, Permission.PAY_ORDER, order)
    order = _locked(order)
    if order.status is not OrderStatus.PENDING or not _is_held(order, now):
        raise Conflict("A promo code can be used before paying, while the tickets are held.")
    promo = _find_promo(order.event, code, now) if code.strip() else None
    hold = order.hold
    if hold is None or not inventory.release_hold(hold, now):
        raise Conflict("The tickets are not held any more.")
    _requote(order, promo)
    try:
        inventory.hold_units_again(hold, _units(order, promo), expires_at=order.expires_at, now=now)
    except QuotaFull as full:
        raise _sold_out(full, order, now) from full
    return order


def hold_again(*, actor: Actor, order: Order, now: datetime) -> Order:
    """Hold the same tickets again for an order whose hold ran out, at today's prices; what was typed is kept.

    :raises SoldOut: they are gone, or held by others.
    :raises Conflict: the order is paid, cancelled or still held.
    """
    require(actor, Permission.PAY_ORDER, order)
    order_id, event_id = order.id, order.event_id
    return _with_expired_released(event_id, lambda: _hold_again(order_id, now), now)


@transactional
def cancel_order(*, actor: Actor, order: Order, reason: str = "", now: datetime) -> Order:
    """Give back the places of an order that is not paid. Money that still arrives for it is refunded.

    :raises Conflict: paid (ask for a refund instead) or cancelled already.
    """
    require(actor, Permission.CANCEL_ORDER, order)
    order = _locked(order)
    if order.status is OrderStatus.CONFIRMED:
        raise Conflict(
            "Cannot cancel confirmed order. Please request a refund instead.", code="order_confirmed"
        )
    if order.status not in (*UNPAID, OrderStatus.FAILED):
        raise Conflict(f"Order is already {order.status.value}", code="order_finished")
    order.status = OrderStatus.CANCELLED
    order.cancelled_at = now
    order.cancellation_reason = reason.strip()[:500]
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    payments.abandon_attempts(order, now)
    return order


def expire_orders(now: datetime | None = None, event_id: int | None = None) -> int:
    """End every order whose hold has run out and that no provider took money for; return how many ended.

    The provider is asked to close an open payment first: money that was already paid settles the order instead.
    """
    now = now or clock.now()
    query = (
        sa.select(Order.id)
        .where(Order.status.in_(UNPAID), Order.expires_at <= now)
        .order_by(Order.id)
        .limit(200)
    )
    if event_id is not None:
        query = query.where(Order.event_id == event_id)
    order_ids = list(db.session.scalars(query))
    return sum(_expire(order_id, now) for order_id in order_ids)


@transactional
def join_guest_orders(user: User, now: datetime) -> int:
    """Give an account the guest orders made with its verified address; return how many joined."""
    if not user.is_email_verified:
        raise Forbidden("Only a verified address can take over guest orders.")
    guest = (Order.user_id.is_(None)) & (Order.buyer_email == user.email)
    order_ids = list(db.session.scalars(sa.select(Order.id).where(guest)))
    if order_ids:
        db.session.execute(sa.update(Order).where(Order.id.in_(order_ids)).values(user_id=user.id))
        mine = (Ticket.order_id.in_(order_ids)) & (Ticket.owner_id.is_(None))
        db.session.execute(sa.update(Ticket).where(mine).values(owner_id=user.id))
    return len(order_ids)


def _with_expired_released(event_id: int, attempt: Callable[[], Order], now: datetime) -> Order:
    """Try; where the stock is only blocked by holds that have run out, end those and try once more."""
    try:
        return attempt()
    except SoldOut:
        if not expire_orders(now, event_id):
            raise
    return attempt()


@transactional
def _next_number(now: datetime) -> str:
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


@transactional
def _place(
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
    event = db.session.get_one(Event, event_id)
    bought = _bought_lines(event, lines, now)
    promo = _find_promo(event, promo_code, now) if promo_code.strip() else None
    order = _new_order(number, actor, event, bought, promo, channel, notes, hold_for, now)
    if buyer is not None:
        _set_buyer(order, buyer)
    db.session.add(order)
    db.session.flush()
    try:
        inventory.hold_units(order, _units(order, promo), expires_at=order.expires_at, now=now)
    except QuotaFull as full:
        raise _sold_out(full, order, now) from full
    return order


def _bought_lines(event: Event, lines: Sequence[WantedLine], now: datetime) -> list[BoughtLine]:
    """Merge the wanted lines, find their offers in this event and check them against the limits of a purchase."""
    quantities: Counter[UUID] = Counter()
    for line in lines:
        if type(line.quantity) is not int or line.quantity < 1:  # True is no quantity
            raise invalid_field("quantity", "Ensure this value is greater than or equal to 1.")
        quantities[line.offer_uuid] += line.quantity
    if not quantities:
        raise invalid_field("items", "Order must have at least one item")
    if len(quantities) > MAX_LINES:
        raise invalid_field("items", f"An order can have {MAX_LINES} kinds of tickets at most.")
    offers = db.session.scalars(
        sa.select(Offer)
        .where(Offer.event_id == event.id, Offer.uuid.in_(quantities))
        .options(selectinload(Offer.ticket_type).selectinload(TicketType.event))
        .order_by(Offer.id)
    ).all()
    if len(offers) != len(quantities):
        raise invalid_field("items", "Ticket type not found")
    bought = [BoughtLine(offer, quantities[offer.uuid]) for offer in offers]
    check_purchase(bought, now)
    return bought


def _new_order(
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
    order.uuid = uuid4()
    order.secret_digest = digest(secret_of(order))
    order.lines = [_line(item, now) for item in bought]
    _apply_quote(order, promo)
    return order


def _line(item: BoughtLine, now: datetime) -> OrderLine:
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


def _apply_quote(order: Order, promo: PromoCode | None) -> None:
    quote: Quote = quote_order(
        [PricedLine(line.unit_price_minor, line.quantity) for line in order.lines],
        fee_basis_points=order.fee_basis_points,
        fee_bearer=order.fee_bearer,
        promo=(promo.kind, promo.value) if promo else None,
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


def _requote(order: Order, promo: PromoCode | None) -> None:
    """Price the lines as the offers cost now."""
    for line in order.lines:
        line.unit_price_minor = line.offer.price_minor
        line.subtotal_minor = line.unit_price_minor * line.quantity
    _apply_quote(order, promo)


def _units(order: Order, promo: PromoCode | None) -> Counter[int]:
    promo_quota_id = None
    if promo is not None:
        promo_quota_id = db.session.scalar(
            sa.select(Quota.id).where(Quota.kind == QuotaKind.PROMO, Quota.owner_id == promo.id)
        )
    quantities = {line.offer_id: line.quantity for line in order.lines}
    return inventory.needed_units(quantities, promo_quota_id=promo_quota_id)


def _find_promo(event: Event, code: str, now: datetime) -> PromoCode:
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


def _set_buyer(order: Order, buyer: Buyer) -> None:
    name = " ".join(buyer.name.split())
    if len(name) > 255:
        raise invalid_field("buyer_name", "Ensure this field has no more than 255 characters.")
    phone = " ".join(buyer.phone.split())
    if len(phone) > 20:
        raise invalid_field("buyer_phone", "Ensure this field has no more than 20 characters.")
    try:
        address = validate_email(buyer.email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise invalid_field("buyer_email", "Enter a valid email address.") from None
    order.buyer_name, order.buyer_email, order.buyer_phone = name, address.normalized.lower(), phone


@transactional
def _hold_again(order_id: int, now: datetime) -> Order:
    order = _locked(db.session.get_one(Order, order_id))
    if order.status is not OrderStatus.FAILED or order.hold is None:
        raise Conflict("The tickets of this order cannot be held again.")
    check_purchase([BoughtLine(line.offer, line.quantity) for line in order.lines], now)
    promo = _find_promo(order.event, order.promo_code, now) if order.promo_code else None
    _requote(order, promo)
    order.status = OrderStatus.PENDING
    order.failed_at, order.failure_reason = None, ""
    order.expires_at = now + timedelta(minutes=current_app.config["SETTINGS"].hold_minutes)
    db.session.flush()
    try:
        held = inventory.hold_units_again(
            order.hold, _units(order, promo), expires_at=order.expires_at, now=now
        )
    except QuotaFull as full:
        raise _sold_out(full, order, now) from full
    if not held:
        raise Conflict("The tickets of this order cannot be held again.")
    return order


def _expire(order_id: int, now: datetime) -> bool:
    open_reference = db.session.scalar(
        sa.select(Payment.reference).where(Payment.order_id == order_id, Payment.state.in_(OPEN_STATES))
    )
    if open_reference is not None:
        try:
            payments.close_payment(open_reference, now)
        except ProviderDown:
            log.warning("order stays open until its provider answers", extra={"order_id": order_id})
            return False
    return _end_expired(order_id, now)


@transactional
def _end_expired(order_id: int, now: datetime) -> bool:
    order = _locked(db.session.get_one(Order, order_id))
    if order.status not in UNPAID or order.expires_at > now or payments.is_processing(order):
        return False
    order.status = OrderStatus.FAILED
    order.failed_at, order.failure_reason = now, "expired"
    if order.hold is not None:
        inventory.release_hold(order.hold, now)
    payments.abandon_attempts(order, now)
    return True


def _is_held(order: Order, now: datetime) -> bool:
    return order.hold is not None and order.hold.state is HoldState.HELD and order.expires_at > now


def _locked(order: Order) -> Order:
    """Return the order's row, locked until the end of the transaction and read afresh."""
    return db.session.scalars(
        sa.select(Order)
        .where(Order.id == order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _sold_out(full: QuotaFull, order: Order, now: datetime) -> SoldOut:
    """Say what is missing: which name, how many are left, and when held ones may come back."""
    quota = db.session.get_one(Quota, full.quota_id, populate_existing=True)
    left = max(quota.left or 0, 0)
    if quota.kind is QuotaKind.PROMO:
        raise invalid_field("promo_code", "This code has been used up.")
    name = _limited_name(quota, order)
    message = f"Only {left} tickets available for {name}"
    all_held = left == 0 and quota.held > 0
    retry_after = _seconds_until_release(quota, now) if all_held else None
    return SoldOut(message, left=left, retry_after=retry_after, name=name)


def _limited_name(quota: Quota, order: Order) -> str:
    for line in order.lines:
        if quota.kind is QuotaKind.OFFER and line.offer_id == quota.owner_id:
            if line.tier_name and line.day_name:
                return f"'{line.tier_name}' on '{line.day_name}'"
            return f"tier '{line.tier_name}'" if line.tier_name else f"'{line.day_name or line.ticket_name}'"
        if quota.kind is QuotaKind.TICKET_TYPE and line.offer.ticket_type_id == quota.owner_id:
            return f"'{line.ticket_name}'"
    return f"'{order.event.title}'"


def _seconds_until_release(quota: Quota, now: datetime) -> int:
    first = db.session.scalar(
        sa.select(sa.func.min(Hold.expires_at))
        .join(HoldLine, HoldLine.hold_id == Hold.id)
        .where(HoldLine.quota_id == quota.id, Hold.state == HoldState.HELD)
    )
    return max(int((first - now).total_seconds()), 0) if first is not None else 60

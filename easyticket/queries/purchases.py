"""Purchases of an account with their payments: by any of the names a client may have kept, and as a list with its sums.

A purchase is an order; its names are its own code, and the number and the reference of each attempt to pay it. What is
not yours is not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from easyticket.core.errors import NotFound
from easyticket.core.ids import PURCHASE_PREFIX
from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Event, Order, OrderStatus, Payment, PaymentState
from easyticket.queries.pages import Page, page_of
from easyticket.rules.order_phase import last_payment_of
from easyticket.rules.permissions import Actor
from easyticket.rules.purchase_status import PurchaseStatus
from easyticket.rules.schedule import Span, span_of_days

_UNKNOWN = "There is no such payment."
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order with the attempt to pay it that is meant: the one that was named, else the last. A free one has none."""

    order: Order
    payment: Payment | None

    @property
    def payment_id(self) -> str:
        """What clients call the payment; the purchase's own code where there is none."""
        return str(self.payment.uuid) if self.payment else self.order.purchase_code

    @property
    def reference(self) -> str:
        """The reference of the payment; the purchase's own code where there is none."""
        return self.payment.reference if self.payment else self.order.purchase_code


@dataclass(frozen=True, slots=True)
class PurchaseFilters:
    """What a list of purchases is narrowed to; the defaults ask for nothing. `made` is when the order was placed."""

    status: PurchaseStatus | None = None
    made: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class PurchaseSummary:
    """An account's purchases in numbers. `spent` is what completed ones cost less what came back, in the currency of most."""

    total: int
    completed: int
    pending: int
    spent: Money | None


def filters_for(
    status: str = "", date_from: date | None = None, date_to: date | None = None, *, zone: str
) -> PurchaseFilters:
    """Return the filters that these mean: a status (or `all`), and the first and the last day by calendars in `zone`."""
    wanted = PurchaseStatus(status) if status not in ("", "all") else None
    return PurchaseFilters(wanted, span_of_days(date_from, date_to, zone))


def get_purchase(actor: Actor, name: str) -> Purchase:
    """Return a purchase of the actor's account by its code, or by the number or the reference of one of its payments.

    :raises NotFound: there is none, or it is somebody else's.
    """
    purchase = find_purchase(name)
    if purchase is None or actor.user_id is None or purchase.order.user_id != actor.user_id:
        raise NotFound(_UNKNOWN)
    return purchase


def find_purchase(name: str) -> Purchase | None:
    """Return the purchase of that name, whoever's it is, or None. Its names cannot be guessed: who has one was told it."""
    if not 0 < len(name) <= _LONGEST_NAME or not (name.isascii() and name.isprintable()):
        return None
    order_id = db.session.scalar(_order_named(name))
    if order_id is None:
        return None
    order = db.session.scalars(
        sa.select(Order)
        .where(Order.id == order_id)
        .options(*_loaded(), joinedload(Order.user))
        .execution_options(populate_existing=True)
    ).one()
    named = (one for one in order.payments if name in (one.reference, str(one.uuid)))
    return Purchase(order, next(named, None) or last_payment_of(order))


def list_purchases(
    actor: Actor, filters: PurchaseFilters, *, page: int = 1, per_page: int = 10, now: datetime
) -> Page[Purchase]:
    """Return one page of the account's purchases, the newest first, one row for each order.

    :raises NotFound: there is no such page.
    """
    conditions = [_is_of(actor), *_narrowed_to(filters, now)]
    count = db.session.scalar(sa.select(sa.func.count(Order.id)).where(*conditions)) or 0
    found = sa.select(Order).where(*conditions).order_by(Order.created_at.desc(), Order.id.desc())

    def load(limit: int, offset: int) -> Sequence[Purchase]:
        orders = db.session.scalars(found.options(*_loaded()).limit(limit).offset(offset))
        return [Purchase(order, last_payment_of(order)) for order in orders]

    return page_of(load, count=count, page=page, per_page=per_page)


def sum_up_purchases(actor: Actor, now: datetime) -> PurchaseSummary:
    """Return the numbers of all purchases of the account, whatever a list of them is narrowed to, in one statement."""
    completed = _is_in(PurchaseStatus.COMPLETED, now)
    paid = sa.func.count(Order.id).filter(completed)
    rows = db.session.execute(
        sa.select(
            Order.currency,
            sa.func.count(Order.id),
            paid,
            sa.func.count(Order.id).filter(_is_in(PurchaseStatus.PENDING, now)),
            sa.func.coalesce(sa.func.sum(Order.total_minor - Order.refunded_minor).filter(completed), 0),
        )
        .where(_is_of(actor))
        .group_by(Order.currency)
        .order_by(paid.desc(), Order.currency)
    ).all()
    return PurchaseSummary(
        total=sum(row[1] for row in rows),
        completed=sum(row[2] for row in rows),
        pending=sum(row[3] for row in rows),
        spent=Money(int(rows[0][4]), rows[0][0]) if rows else None,
    )


def list_declined_purchases(actor: Actor, event: Event) -> Sequence[Order]:
    """Return the account's orders of an event that still hold their places although the last try to pay them failed."""
    query = sa.select(Order).where(
        _is_of(actor), Order.event_id == event.id, Order.status == OrderStatus.PENDING, _was_tried()
    )
    return db.session.scalars(query.order_by(Order.id)).all()


def _order_named(name: str) -> sa.Select[int]:
    if name.startswith(PURCHASE_PREFIX):
        return sa.select(Order.id).where(Order.purchase_code == name)
    number = _as_uuid(name)
    named = Payment.reference == name if number is None else Payment.uuid == number
    return sa.select(Payment.order_id).where(named)


def _as_uuid(name: str) -> UUID | None:
    try:
        number = UUID(name)
    except ValueError:
        return None
    return number if str(number) == name else None


def _is_of(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(Order.user_id.is_not(None), Order.user_id == actor.user_id)


def _narrowed_to(filters: PurchaseFilters, now: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.status is not None:
        found.append(_is_in(filters.status, now))
    if filters.made.start_at is not None:
        found.append(Order.created_at >= filters.made.start_at)
    if filters.made.end_at is not None:
        found.append(Order.created_at < filters.made.end_at)
    return found


def _is_in(status: PurchaseStatus, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that rules.purchase_status.purchase_status answers for a row."""
    completed = Order.status.in_((OrderStatus.CONFIRMED, OrderStatus.REFUNDED))
    # An attempt that is still open makes its order `processing`; one that ended puts it back to `pending`.
    begun = Order.status == OrderStatus.PROCESSING
    untried = sa.and_(Order.status == OrderStatus.PENDING, ~_was_tried())
    in_hand = sa.exists().where(Payment.order_id == Order.id, Payment.state == PaymentState.PROCESSING)
    pending = sa.and_(sa.or_(begun, untried), sa.or_(Order.expires_at > now, in_hand))
    return {
        PurchaseStatus.COMPLETED: completed,
        PurchaseStatus.PENDING: pending,
        PurchaseStatus.FAILED: sa.not_(sa.or_(completed, pending)),
    }[status]


def _was_tried() -> sa.ColumnElement[bool]:
    return sa.exists().where(Payment.order_id == Order.id)


def _loaded() -> tuple[ORMOption, ...]:
    """Everything lists and details show of a purchase, in a fixed number of statements however many there are."""
    long_texts = (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)
    return (
        joinedload(Order.event).options(joinedload(Event.organizer), *map(defer, long_texts)),
        joinedload(Order.hold),
        selectinload(Order.lines),
        selectinload(Order.payments),
        selectinload(Order.refunds),
        selectinload(Order.tickets),
    )

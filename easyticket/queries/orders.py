"""Reading orders: by the secret of a guest's link, or as the orders of an account. What is not yours is not found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from easyticket.core.errors import NotFound
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.models import Event, Hold, HoldState, Order, OrderStatus, PromoCode, Refund, Ticket
from easyticket.models.order import UNPAID
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor

_SECRET = re.compile(r"[0-9a-f]{32}")


def get_order_by_secret(secret: str) -> Order:
    """Return the order that a guest's link names, with everything its pages show.

    :raises NotFound: no order has this secret.
    """
    order = find_order_by_secret(secret)
    if order is None:
        raise NotFound("There is no order at this address. Check that the link is complete.")
    return order


def find_order_by_secret(secret: str) -> Order | None:
    """Return the order with this secret, or None. Only a digest is looked up: the time it takes tells nothing."""
    if not _SECRET.fullmatch(secret):
        return None
    return db.session.scalar(_orders().where(Order.secret_digest == digest(secret)))


def list_open_orders(actor: Actor, now: datetime) -> list[Order]:
    """Return the account's unpaid orders whose places are still held, or that a provider is at work on."""
    held = (Hold.state == HoldState.HELD) & (Hold.expires_at > now)
    query = _orders_of(actor).join(Order.hold).where(Order.status.in_(UNPAID), held)
    return list(db.session.scalars(query.order_by(Order.expires_at, Order.id)))


def list_bought_orders(actor: Actor, *, page: int, per_page: int) -> Page[Order]:
    """Return the account's orders that were paid, and those whose money went back, the latest first.

    :raises NotFound: there is no such page.
    """
    ids = _bought_ids(actor)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
    query = _orders().where(Order.id.in_(ids)).order_by(Order.created_at.desc(), Order.id.desc())

    def load(limit: int, offset: int) -> Sequence[Order]:
        return db.session.scalars(query.limit(limit).offset(offset)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def has_promo_codes(event: Event, now: datetime) -> bool:
    """Tell whether a promo code of the event could be used now; without one, nobody is asked for a code."""
    begun = sa.or_(PromoCode.starts_at.is_(None), PromoCode.starts_at <= now)
    not_over = sa.or_(PromoCode.ends_at.is_(None), PromoCode.ends_at > now)
    usable = sa.and_(PromoCode.event_id == event.id, PromoCode.is_active.is_(True), begun, not_over)
    return bool(db.session.scalar(sa.select(sa.exists().where(usable))))


def _orders() -> sa.Select[Order]:
    return sa.select(Order).options(*_loaded())


def _orders_of(actor: Actor) -> sa.Select[Order]:
    return _orders().where(_is_of(actor))


def _is_of(actor: Actor) -> sa.ColumnElement[bool]:
    # Guest orders belong to nobody, so somebody without an account must not be given them.
    return sa.and_(Order.user_id.is_not(None), Order.user_id == actor.user_id)


def _bought_ids(actor: Actor) -> sa.Select[int]:
    paid = Order.status.in_((OrderStatus.CONFIRMED, OrderStatus.REFUNDED))
    called_off = (Order.status == OrderStatus.CANCELLED) & Order.confirmed_at.is_not(None)
    given_back = sa.exists().where(Refund.order_id == Order.id)
    return sa.select(Order.id).where(_is_of(actor), sa.or_(paid, called_off, given_back))


def _loaded() -> tuple[ORMOption, ...]:
    """Everything the buyer's pages show of an order, in a fixed number of queries however many orders there are."""
    return (
        joinedload(Order.event).joinedload(Event.organizer),
        joinedload(Order.hold),
        selectinload(Order.lines),
        selectinload(Order.payments),
        selectinload(Order.refunds),
        selectinload(Order.tickets).selectinload(Ticket.transfers),
    )

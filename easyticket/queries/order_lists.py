"""Orders as the API lists them: the newest first, those of the account or, for the people who run the site, everybody's.

Ids grow with time, so the newest are read from the end of the primary key, or of the few orders of one account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, Offer, Order, OrderLine, OrderStatus, Ticket
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, may

_LOADED = (joinedload(Order.event), selectinload(Order.lines), selectinload(Order.payments))


def get_order(actor: Actor, uuid: UUID) -> Order:
    """Return an order with everything its detail shows, in a fixed number of statements.

    :raises NotFound: there is none, or it is somebody else's.
    """
    order = db.session.scalar(
        sa.select(Order)
        .where(Order.uuid == uuid)
        .options(
            joinedload(Order.event).joinedload(Event.organizer),
            joinedload(Order.user),
            selectinload(Order.lines).joinedload(OrderLine.offer).joinedload(Offer.ticket_type),
            selectinload(Order.payments),
            selectinload(Order.tickets).options(
                joinedload(Ticket.offer).joinedload(Offer.ticket_type), joinedload(Ticket.used_by)
            ),
        )
        .execution_options(populate_existing=True)
    )
    if order is None or not may(actor, Permission.SEE_ORDER, order):
        raise NotFound("No Order matches the given query.")
    return order


def list_orders(actor: Actor, *, page: int, per_page: int) -> Page[Order]:
    """Return the orders that the actor may see.

    :raises NotFound: there is no such page.
    """
    return _page(_visible_to(actor), page, per_page)


def list_pending_orders(actor: Actor, now: datetime, *, page: int, per_page: int) -> Page[Order]:
    """Return those that wait for their payment to be begun and still hold their places.

    :raises NotFound: there is no such page.
    """
    pending = _visible_to(actor).where(Order.status == OrderStatus.PENDING, Order.expires_at > now)
    return _page(pending, page, per_page)


def list_confirmed_orders(actor: Actor, *, page: int, per_page: int) -> Page[Order]:
    """Return those that are paid.

    :raises NotFound: there is no such page.
    """
    return _page(_visible_to(actor).where(Order.status == OrderStatus.CONFIRMED), page, per_page)


def list_bought_lines(actor: Actor, *, page: int, per_page: int) -> Page[OrderLine]:
    """Return the lines of the account's own paid orders, those of the newest order first.

    :raises NotFound: there is no such page.
    """
    query = (
        sa.select(OrderLine)
        .join(OrderLine.order)
        .where(Order.user_id == actor.user_id, Order.status == OrderStatus.CONFIRMED)
    )
    count = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    loaded = query.options(
        contains_eager(OrderLine.order), joinedload(OrderLine.offer).joinedload(Offer.ticket_type)
    ).order_by(Order.id.desc(), OrderLine.id)

    def load(limit: int, offset: int) -> Sequence[OrderLine]:
        return db.session.scalars(loaded.limit(limit).offset(offset)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def _visible_to(actor: Actor) -> sa.Select[Order]:
    query = sa.select(Order)
    return query if actor.is_staff else query.where(Order.user_id == actor.user_id)


def _page(query: sa.Select[Order], page: int, per_page: int) -> Page[Order]:
    count = db.session.scalar(query.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    ids = query.with_only_columns(Order.id).order_by(Order.id.desc())

    def load(limit: int, offset: int) -> Sequence[Order]:
        # What is skipped is skipped by ids, and only the rows of the page are read whole.
        wanted = sa.select(Order).where(Order.id.in_(ids.limit(limit).offset(offset)))
        return db.session.scalars(wanted.options(*_LOADED).order_by(Order.id.desc())).all()

    return page_of(load, count=count, page=page, per_page=per_page)

"""Orders of everybody, as administrators look for them: by number, buyer, the provider's reference or a ticket's code."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.db import db
from easyticket.models import Order, Payment, Ticket
from easyticket.queries.pages import Page, page_of
from easyticket.rules.permissions import Actor, Permission, require


def list_all_orders(actor: Actor, wanted: str = "", *, page: int = 1, per_page: int = 20) -> Page[Order]:
    """Return one page of the orders that have `wanted` as their number, a payment's reference or a ticket's code, or whose
    buyer's address or name begins so; all where nothing is asked for. The newest first, in four statements.

    :raises NotFound: there is no such page.
    """
    require(actor, Permission.RUN_SITE)
    condition = _is_named(" ".join("".join(each for each in wanted if each.isprintable()).split())[:255])
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Order).where(condition)) or 0
    found = (
        sa.select(Order)
        .options(
            joinedload(Order.event),
            joinedload(Order.hold),
            selectinload(Order.disputes),
            selectinload(Order.payments),
        )
        .where(condition)
        .order_by(Order.id.desc())
    )

    def load(limit: int, offset: int) -> Sequence[Order]:
        return db.session.scalars(found.limit(limit).offset(offset)).all()

    return page_of(load, count=count, page=page, per_page=per_page)


def _is_named(text: str) -> sa.ColumnElement[bool]:
    if not text:
        return sa.true()
    of_payment = sa.or_(Payment.reference == text, Payment.provider_ref == text)
    return sa.or_(
        Order.number == text.upper(),
        Order.buyer_email.startswith(text.lower(), autoescape=True),
        sa.func.lower(Order.buyer_name).startswith(text.lower(), autoescape=True),
        Order.id.in_(sa.select(Payment.order_id).where(of_payment)),
        Order.id.in_(sa.select(Ticket.order_id).where(Ticket.code == text.upper())),
    )

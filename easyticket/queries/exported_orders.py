"""Whole lists of orders to take away, each with all that its row says."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.db import db
from easyticket.models import Order
from easyticket.queries.pages import Page
from easyticket.queries.streams import WholeList, each_item

_PARTS = {"event", "lines", "payments", "disputes"}


def each_order(load: Callable[[int, int], Page[Order]]) -> WholeList[Order]:
    """Return all orders of a list that comes by pages, `load(page, per_page)`, with event, lines, payments and disputes."""

    def load_whole(number: int, per_page: int) -> Page[Order]:
        page = load(number, per_page)
        _complete(page)
        return page

    return each_item(load_whole)


def _complete(page: Page[Order]) -> None:
    """Load what a list of pages leaves out, for those orders that lack it."""
    lacking = [order.id for order in page.items if _PARTS & sa.inspect(order).unloaded]
    if lacking:
        found = sa.select(Order).where(Order.id.in_(lacking))
        parts = (selectinload(Order.lines), selectinload(Order.payments), selectinload(Order.disputes))
        db.session.scalars(found.options(joinedload(Order.event), *parts)).all()

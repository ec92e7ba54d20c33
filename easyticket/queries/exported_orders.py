"""Whole lists of orders to take away, each with all that its row says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.db import db
from easyticket.models import Order
from easyticket.queries.pages import Page
from easyticket.queries.streams import each_item


def each_order(load: Callable[[int, int], Page[Order]]) -> Iterator[Order]:
    """Return all orders of a list that comes by pages, `load(page, per_page)`, with event, lines, payments and disputes."""

    def load_whole(number: int, per_page: int) -> Page[Order]:
        page = load(number, per_page)
        _complete(page)
        return page

    return each_item(load_whole)


def _complete(page: Page[Order]) -> None:
    """Load what is not there yet of the page's orders; what is stays as it is."""
    found = sa.select(Order).where(Order.id.in_([order.id for order in page.items]))
    parts = (selectinload(Order.lines), selectinload(Order.payments), selectinload(Order.disputes))
    db.session.scalars(found.options(joinedload(Order.event), *parts)).all()

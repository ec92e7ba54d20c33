"""Whole lists, item after item, as exports read them: a page of items in memory at most, however long the list is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa

from easyticket.db import db
from easyticket.queries.pages import Page

Item = TypeVar("Item")
AT_ONCE = 500


def each_item(load: Callable[[int, int], Page[Item]]) -> Iterator[Item]:
    """Return all items of a list that comes by pages, `load(page, per_page)`.

    Items do not come twice or get lost between pages only inside `one_state`.
    """
    number, has_next = 1, True
    while has_next:
        page = load(number, AT_ONCE)
        yield from page.items
        number, has_next = number + 1, page.has_next


def each_batch(statement: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Return the rows of a statement by batches, for lists that load what belongs to them by their keys."""
    for rows in db.session.execute(statement, execution_options={"yield_per": AT_ONCE}).partitions():
        yield [tuple(row) for row in rows]

"""Whole lists, item after item, as exports read them: a page of items in memory at most, however long the list is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from easyticket.db import db
from easyticket.queries.pages import Page

Item = TypeVar("Item")
AT_ONCE = 500


class WholeList(Generic[Item]):
    """All items of a list, which are read as they are asked for, once; `len` says beforehand how many there are."""

    def __init__(self, count: int, items: Iterator[Item]) -> None:
        self._count = count
        self._items = items

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        return self._items


def each_item(load: Callable[[int, int], Page[Item]]) -> WholeList[Item]:
    """Return all items of a list that comes by pages, `load(page, per_page)`.

    Items do not come twice or get lost between pages only inside `one_state`.
    """
    first = load(1, AT_ONCE)
    return WholeList(first.count, _from_page(first, load))


def each_batch(statement: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Return the rows of a statement by batches, for lists that load what belongs to them by their keys."""
    for rows in db.session.execute(statement, execution_options={"yield_per": AT_ONCE}).partitions():
        yield [tuple(row) for row in rows]


def _from_page(page: Page[Item], load: Callable[[int, int], Page[Item]]) -> Iterator[Item]:
    while True:
        yield from page.items
        if not page.has_next:
            return
        page = load(page.page + 1, AT_ONCE)

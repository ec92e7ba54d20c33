"""Whole lists, row after row, as exports read them: a thousand rows in memory at most, however long the list is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import sqlalchemy as sa

from easyticket.db import db

Row = TypeVar("Row")
AT_ONCE = 500


def each_row(statement: sa.Select[Row]) -> Iterator[Row]:
    """Return what a statement selects, one after the other; what it loads with them must be `selectinload` or `joinedload`
    of single rows, and comes by batches too."""
    return iter(db.session.scalars(statement, execution_options={"yield_per": AT_ONCE}))


def each_batch(statement: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Return the rows of a statement by batches, for lists that load what belongs to them by their keys."""
    for rows in db.session.execute(statement, execution_options={"yield_per": AT_ONCE}).partitions():
        yield [tuple(row) for row in rows]

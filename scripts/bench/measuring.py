"""Runs the lists one after the other and keeps what the database did for the first page, a deep page and the count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from easyticket.db import db
from easyticket.queries.pages import Page
from scripts.bench.lists import Listed
from scripts.bench.plans import Plan, Statement, captured, explain, fastest

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One statement of one list, or (part "rows") all that load what belongs to the page by keys."""

    listed: Listed
    part: str
    statements: list[Statement]
    plans: list[Plan]
    milliseconds: float


def measure(connection: psycopg.Connection[Any], lists: Iterable[Listed]) -> Iterator[Measured]:
    """Yield what each list costs: its count, its first page, its last page and the rows that go with the first."""
    for listed in lists:
        page, first = _called(listed, 1)
        yield from _parts(connection, listed, "first page", first)
        if page.pages > 1:
            _, last = _called(listed, page.pages)
            yield from _parts(connection, listed, f"page {page.pages:,}", last, only="page")


def _called(listed: Listed, number: int) -> tuple[Page[Any], list[Statement]]:
    db.session.rollback()
    db.session.expire_all()
    with captured() as statements:
        page = listed.pages(page=number, per_page=PER_PAGE)
    return page, statements


def _parts(
    connection: psycopg.Connection[Any],
    listed: Listed,
    name: str,
    statements: list[Statement],
    only: str | None = None,
) -> Iterator[Measured]:
    names = {"count": "count", "page": name, "rows": "rows"}
    for role in (only,) if only else names:
        found = [each for each in statements if each.role == role]
        if found:
            plans = [explain(connection, each) for each in found]
            yield Measured(
                listed, names[role], found, plans, sum(fastest(connection, each) for each in found)
            )


def look_up_milliseconds(connection: psycopg.Connection[Any], count: int = 200) -> float:
    """Return what reading one event by its primary key takes: the limit all other times are told against."""
    keys: Callable[[int], Statement] = lambda key: Statement("SELECT * FROM event WHERE id = %s", [key])  # noqa: E731
    times = sorted(fastest(connection, keys(1 + 97 * number), tries=2) for number in range(count))
    return times[len(times) // 2]

"""Runs the lists one after the other and tells what the database did for the count, the first page and the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from easyticket.db import db
from easyticket.queries.pages import Page
from scripts.bench.lists import Listed
from scripts.bench.plans import Plan, Statement, captured, explain, fastest

PER_PAGE = 20
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """Part of what a list takes: its count, one page, or the rows that belong to that page, which may be several statements."""

    listed: Listed
    part: str
    statements: list[Statement]
    plans: list[Plan]

    def milliseconds(self, connection: Connection) -> float:
        """Return the shortest time in which the statements are answered, one after the other."""
        return sum(fastest(connection, each) for each in self.statements)


def answers(connection: Connection, lists: Iterable[Listed]) -> Iterator[Answered]:
    """Yield how each list is answered: its count, its first page, the rows that go with it, and its last page."""
    for listed in lists:
        page, first = _called(listed, 1)
        for part, role in (("count", "count"), ("first page", "page"), ("rows", "rows")):
            yield from _answered(connection, listed, part, [each for each in first if each.role == role])
        if page.pages > 1:
            _, last = _called(listed, page.pages)
            part = f"page {page.pages:,}"
            yield from _answered(connection, listed, part, [each for each in last if each.role == "page"])


def _called(listed: Listed, number: int) -> tuple[Page[Any], list[Statement]]:
    db.session.rollback()
    db.session.expunge_all()
    with captured() as statements:
        page = listed.pages(page=number, per_page=PER_PAGE)
    return page, statements


def _answered(
    connection: Connection, listed: Listed, part: str, statements: list[Statement]
) -> Iterator[Answered]:
    if statements:
        yield Answered(listed, part, statements, [explain(connection, each) for each in statements])


def look_up_milliseconds(connection: Connection, count: int = 200) -> float:
    """Return what reading one event by its primary key takes, which all other times are told against."""
    keys = range(1, 97 * count, 97)
    times = sorted(
        fastest(connection, Statement("SELECT * FROM event WHERE id = %s", [key]), tries=2) for key in keys
    )
    return times[len(times) // 2]

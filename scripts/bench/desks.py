"""What the pages of the desks cost with 200 events and 10,000 orders of one organizer, beside the same pages of an empty desk.

Run as `python -m scripts.bench.desks`, or by `make bench`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import URL, Engine

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, EventStatus, Order, User
from easyticket.models.user import UserType
from easyticket.services.passwords import hash_password
from easyticket.services.sessions import KEPT, sign_in
from scripts.bench.books import BOOKS
from scripts.bench.load import Sizes, load
from scripts.bench.server import application, database, server

FULL = Sizes(events=200, organizers=1, cities=20, buyers=4_000, orders=10_000)
FIFTH = Sizes(events=40, organizers=1, cities=20, buyers=800, orders=2_000)
# The organizer all of that belongs to, as the load numbers them; the others are out of its way.
_BUSY, _EMPTY, _STAFF = 1, 1_000_001, 1_000_002
_PASSWORD = "twelve drums at night"  # noqa: S105 (of a database that is thrown away)
_LOOKS = 7
_FILES = (".csv", ".xlsx")

OF_DESK = ("", "events/", "orders/", "money/")
OF_EVENT = ("", "orders/", "attendees/", "history/", "ticket-types/", "check/")
OF_ADMIN = (
    *("", "people/", "organizers/", "events/", "categories/", "fees/", "orders/", "payments/", "refunds/"),
    *("payouts/", "health/", "jobs/", "webhooks/", "changes/"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page asks of the database, and how long it takes as a whole (the middle of some looks)."""

    statements: int
    milliseconds: float


HEAD = """| Page | Statements, empty | a fifth of it | 200 events, 10,000 orders | Time of the last for the first |
|---|--:|--:|--:|--:|"""


def main() -> None:
    """Measure a fifth and the whole, each in a database of its own, and print a line for each page."""
    with server(None) as address:
        fifth = measured(address, FIFTH)
        full = measured(address, FULL)
    print(f"\n{HEAD}")
    for page, (empty, many) in full.items():
        if page.endswith(_FILES):
            continue
        ratio = many.milliseconds / empty.milliseconds
        some = fifth[page][1].statements
        print(f"| `{page}` | {empty.statements} | {some} | {many.statements} | {ratio:.1f} |")
    of_page = full["/organizer/orders/"][1].milliseconds
    for kind in _FILES:
        of_file = full[f"/organizer/orders{kind}"][1].milliseconds
        print(f"\nAll orders as {kind[1:].upper()}: {of_file / of_page:,.0f} times their first page.")


def measured(address: URL, sizes: Sizes) -> dict[str, tuple[Cost, Cost]]:
    """Return what each page costs empty and filled, by its path. Of an event it is one that nobody bought for, and the
    one with the most orders."""
    files = [f"/organizer/orders{kind}" for kind in _FILES]
    desk, admin = (
        [*(f"/organizer/{room}" for room in OF_DESK), *files],
        [f"/admin/{room}" for room in OF_ADMIN],
    )
    with database(address, keep=False) as (own, _), application(own) as app:
        _make_people()
        rooms = costs(app, _STAFF, admin)
        # Downloads are written down, and administrators would see that.
        empty = [*costs(app, _EMPTY, desk), *rooms]
        with psycopg.connect(own.set(drivername="postgresql").render_as_string(hide_password=False)) as plain:
            load(plain, sizes, BOOKS)
        _give_password(_BUSY)
        full = [*costs(app, _BUSY, desk), *costs(app, _STAFF, admin)]
        unsold, sold = (
            costs(app, _BUSY, [f"/organizer/events/{slug}/{room}" for room in OF_EVENT])
            for slug in (_unsold_slug(), _best_sold_slug())
        )
    pages = [*desk, *admin, *(f"/organizer/events/…/{room}" for room in OF_EVENT)]
    return dict(zip(pages, zip([*empty, *unsold], [*full, *sold], strict=True), strict=True))


def costs(app: Flask, user_id: int, paths: Sequence[str]) -> list[Cost]:
    """Return what each page costs somebody; the first look at a page is not counted."""
    db.session.rollback()
    # As requests come to a server: none inside the context of another, which would remember who asked.
    return Context().run(_costs, app, user_id, paths)


def _costs(app: Flask, user_id: int, paths: Sequence[str]) -> list[Cost]:
    client = app.test_client()
    with app.app_context():
        _sign_in(client, user_id)
    found = []
    for path in paths:
        client.get(path)
        looks = 1 if path.endswith(_FILES) else _LOOKS
        counts, times = zip(*(_look(client, path) for _ in range(looks)), strict=True)
        found.append(Cost(max(counts), 1_000 * statistics.median(times)))
    return found


def _look(client: FlaskClient, path: str) -> tuple[int, float]:
    with _counted() as seen:
        begun = time.perf_counter()
        answer = client.get(path, buffered=True)
        seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        raise LookupError(f"{path} answers {answer.status}")
    return len(seen), seconds


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def _make_people() -> None:
    now, password = clock.now(), hash_password(_PASSWORD)
    with transaction() as session:
        for user_id, kind in ((_EMPTY, UserType.ORGANIZER), (_STAFF, UserType.ADMIN)):
            session.add(
                User(
                    id=user_id,
                    email=_email(user_id),
                    password_hash=password,
                    user_type=kind,
                    is_staff=kind is UserType.ADMIN,
                    email_verified_at=now,
                )
            )


def _give_password(user_id: int) -> None:
    with transaction() as session:
        session.get_one(User, user_id).password_hash = hash_password(_PASSWORD)


def _email(user_id: int) -> str:
    return f"person{user_id}@example.org"


def _sign_in(client: FlaskClient, user_id: int) -> None:
    token = sign_in(
        login=_email(user_id),
        password=_PASSWORD,
        surface="web",
        address="",
        device="",
        now=clock.now(),
        lasts=KEPT,
    ).token
    with client.session_transaction() as session:
        session["_user_id"] = token


def _best_sold_slug() -> str:
    most = sa.select(Event.slug).join(Order, Order.event_id == Event.id).group_by(Event.id)
    # Both times one that is over and not the first: what is asked about an event depends on what can still happen to it,
    # and on whether there is one to compare it with.
    most = most.where(Event.status == EventStatus.PUBLISHED)
    most = most.where(Event.end_at.between(clock.now() - timedelta(days=365), clock.now()))
    most = most.order_by(sa.func.count().desc(), Event.id)
    return db.session.scalars(most.limit(1)).one()


def _unsold_slug() -> str:
    unsold = ~sa.exists().where(Order.event_id == Event.id)
    return db.session.scalars(sa.select(Event.slug).where(unsold).order_by(Event.id).limit(1)).one()


if __name__ == "__main__":
    main()

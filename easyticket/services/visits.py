"""Counting looks at events: in memory while people wait for an answer, in the database a little later.

A visitor is a keyed digest that changes every day; nothing else about anybody is kept. Looks that were counted and not
yet written are lost when a process is killed: they are statistics, and nobody waits for the disk because of them.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import logging
import threading
import time
from collections import Counter
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from easyticket.core import clock
from easyticket.core.signing import derived_key
from easyticket.db import db, insert_into, transactional
from easyticket.models import Event, EventVisit

log = logging.getLogger(__name__)

# Seconds between two writings of one process.
PAUSE = 5.0
# How long looks are kept: a year can be compared with the one before.
REMEMBERED = timedelta(days=400)
# What `app.extensions` keeps them under.
EXTENSION = "easyticket-visits"
# Visitors counted between two writings; while the database is away, more are not remembered.
_MOST = 20_000
_ROWS = 500
_Key = tuple[int, date, str]
_making = threading.Lock()


class _Looks:
    """The looks this process has counted and not yet written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()
        self._written_at = time.monotonic()

    def note(self, key: _Key, views: int = 1) -> None:
        """Count a look."""
        with self._lock:
            if key in self._counts or len(self._counts) < _MOST:
                self._counts[key] += views

    def is_due(self) -> bool:
        """Tell whether the last writing is long enough ago for another one."""
        return bool(self._counts) and time.monotonic() - self._written_at >= PAUSE

    def take(self) -> Counter[_Key]:
        """Return what was counted, which is the caller's to write from now on."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
            self._written_at = time.monotonic()
        return taken

    def put_back(self, taken: Counter[_Key]) -> None:
        """Count again what could not be written."""
        for key, views in taken.items():
            self.note(key, views)


def visitor_digest(*, network: str, user_agent: str, day_on: date) -> str:
    """Return what stands for a visitor on one day: no address can be found from it, and no other day's digest."""
    key = derived_key(current_app.config["SETTINGS"].secret_key, "event-visits")
    return hmac.new(key, f"{day_on}\n{network}\n{user_agent}".encode(), hashlib.sha256).hexdigest()


def note_visit(event_id: int, *, network: str, user_agent: str, now: datetime) -> None:
    """Count a look at an event, in memory only."""
    day_on = now.date()
    visitor = visitor_digest(network=network, user_agent=user_agent, day_on=day_on)
    _looks().note((event_id, day_on, visitor))


def are_visits_due() -> bool:
    """Tell whether there is something to write and the last writing is a few seconds ago."""
    return _looks().is_due()


def write_visits() -> int:
    """Write the looks counted so far and return for how many visitors; they are counted on where the database is away."""
    taken = _looks().take()
    if not taken:
        return 0
    try:
        return _write(taken)
    except SQLAlchemyError:
        _looks().put_back(taken)
        log.warning("looks at events are written later: the database does not answer")
        db.session.rollback()
        return 0


@transactional
def forget_old_visits(now: datetime | None = None) -> int:
    """Delete looks of more than 400 days ago; return how many rows went."""
    before = ((now or clock.now()) - REMEMBERED).date()
    deleted = db.session.execute(sa.delete(EventVisit).where(EventVisit.day_on < before))
    return int(deleted.rowcount)  # type: ignore[attr-defined]


@transactional
def _write(taken: Counter[_Key]) -> int:
    # An event may have been deleted since somebody looked at it; the lock keeps those that are there until we are done.
    wanted = sorted({event_id for event_id, _, _ in taken})
    here = sa.select(Event.id).where(Event.id.in_(wanted)).order_by(Event.id)
    events = set(db.session.scalars(here.with_for_update(read=True, key_share=True)))
    rows = [
        {"event_id": event_id, "day_on": day_on, "visitor_digest": visitor, "views": views}
        # In one order everywhere: two processes that write the same rows wait for each other and do not deadlock.
        for (event_id, day_on, visitor), views in sorted(taken.items())
        if event_id in events
    ]
    for first in range(0, len(rows), _ROWS):
        _add(rows[first : first + _ROWS])
    return len(rows)


def _add(rows: list[dict[str, object]]) -> None:
    insert = insert_into(EventVisit).values(rows)
    unique = [EventVisit.event_id, EventVisit.day_on, EventVisit.visitor_digest]
    more = {"views": EventVisit.views + insert.excluded.views}
    db.session.execute(insert.on_conflict_do_update(index_elements=unique, set_=more))


def _looks() -> _Looks:
    looks: _Looks | None = current_app.extensions.get(EXTENSION)
    return looks or _begin(current_app._get_current_object())  # type: ignore[attr-defined]


def _begin(app: Flask) -> _Looks:
    with _making:
        if EXTENSION not in app.extensions:
            app.extensions[EXTENSION] = _Looks()
            # In the process that counts: one that is forked afterwards has nothing to write.
            atexit.register(_write_at_exit, app)
        looks: _Looks = app.extensions[EXTENSION]
    return looks


def _write_at_exit(app: Flask) -> None:
    with app.app_context():
        write_visits()

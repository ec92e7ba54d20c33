"""Processes of the site that die by kill -9 at a chosen place. Functions of a module: another process has to find them."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
from typing import Any

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Hold, LedgerPosting, Order, OutboxJob, Payment, Quota, Ticket
from easyticket.services.payments import settle_payment
from tests.concurrency.crowd import application_on
from tests.money.callers import act

# More than settling has statements.
_MOST_PLACES = 200


def work_and_die(database_url: str, settings: dict[str, str], place: str, calls_before: int) -> None:
    """Run the jobs that are due, and die when the function at `place` (module:name) is called after so many calls."""
    module_name, _, name = place.partition(":")
    module = importlib.import_module(module_name)
    sound, calls = getattr(module, name), itertools.count()

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(calls) >= calls_before:
            _die()
        return sound(*args, **kwargs)

    setattr(module, name, call)
    with application_on(database_url, settings).app_context():
        act(("work", None))


def settle_and_die_everywhere(
    database_url: str, settings: dict[str, str], reference: str, answers: Any
) -> None:
    """Settle a payment again and again, each time in a process that dies one statement later than the one before.

    What the database says after each death goes to `answers`, and None once a process has come through.
    """
    app = application_on(database_url, settings)
    for place in range(_MOST_PLACES):
        child = os.fork()
        if child == 0:
            with app.app_context():
                _die_at(place)
                settle_payment(reference)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with app.app_context():
            answers.put(_what_is_there())
            db.session.remove()
            db.engine.dispose()
        if not os.WIFSIGNALED(status):
            answers.put(None)
            return
    raise RuntimeError("settling never came to its end")


def _die_at(place: int) -> None:
    """Die before the statement (or COMMIT) with this number, counted from now; the moment after a COMMIT has a number too."""
    numbers = itertools.count()

    def step(*_: Any) -> None:
        if next(numbers) == place:
            _die()

    sa.event.listen(db.engine, "before_cursor_execute", step)
    sa.event.listen(db.engine, "commit", step)
    sa.event.listen(db.session.session_factory, "after_commit", step)


def _what_is_there() -> tuple[object, ...]:
    """Return everything that settling changes."""
    counts = [
        db.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Ticket, LedgerPosting)
    ]
    mails = sa.select(sa.func.count()).select_from(OutboxJob).where(OutboxJob.name.startswith("mail_"))
    quotas = sa.select(Quota.held, Quota.sold).order_by(Quota.id)
    return (
        db.session.scalars(sa.select(Order.status)).one().value,
        db.session.scalars(sa.select(Payment.state)).one().value,
        db.session.scalars(sa.select(Hold.state)).one().value,
        *counts,
        db.session.scalar(mails),
        tuple(tuple(row) for row in db.session.execute(quotas)),
    )


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

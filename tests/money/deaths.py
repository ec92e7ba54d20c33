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


# Places to die at: module, function, and how many of its calls go well before.
EVENT_IS_HANDLED = ("easyticket.services.provider_events", "_note_handled", 0)
MONEY_IS_SETTLED = ("easyticket.services.payments", "apply_snapshot", 0)
REFUND_IS_SENT = ("easyticket.services.refund_sending", "get_provider", 0)
REFUND_IS_ANSWERED = ("easyticket.services.refund_sending", "apply_refund_snapshot", 0)
SECOND_REFUND_IS_ANSWERED = ("easyticket.services.refund_sending", "apply_refund_snapshot", 1)
SECOND_ORDER_ENDS = ("easyticket.services.cancellation", "_end_order", 1)


def work_and_die(database_url: str, settings: dict[str, str], place: tuple[str, str, int]) -> None:
    """Run the jobs that are due, and die when they come to a place."""
    module_name, name, calls_before = place
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

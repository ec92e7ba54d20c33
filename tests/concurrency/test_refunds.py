"""Money back at the same instant, at a gate's scan, and through a kill: never more than was paid, and nobody forgotten."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.db import db
from easyticket.jobs import entry
from easyticket.models import Event, Order, OrderStatus, Refund, RefundState, Ticket, TicketStatus
from easyticket.queries.refunds import find_cancellation_progress
from easyticket.rules.permissions import SYSTEM
from easyticket.services import cancellation
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.payments import settle_payment
from easyticket.services.refund_again import retry_refund
from easyticket.services.refund_requests import RefundWish, make_refund
from easyticket.services.refunds import request_refund
from tests import factories
from tests.concurrency.actions import buy_one, scan
from tests.concurrency.crowd import PROCESSES, application_on, crowd
from tests.services.test_payments import approved

ORDERS = 12


def refund_part(amount_minor: int) -> str:
    order = db.session.scalars(sa.select(Order)).one()
    try:
        refund = request_refund(
            actor=SYSTEM, order=order, amount_minor=amount_minor, source="organizer", now=clock.now()
        )
    except AppError as refusal:
        return refusal.code
    return str(refund.amount_minor)


def retry(refund_id: int) -> int:
    refund = db.session.get_one(Refund, refund_id)
    return retry_refund(actor=SYSTEM, refund=refund, now=clock.now()).id


def scan_or_refund(code: str) -> str:
    """Scan a ticket, or where the code says so give it back as its organizer does, who has not seen it used."""
    if not code.startswith("refund "):
        return scan(code)
    order = db.session.scalars(sa.select(Order)).one()
    try:
        wish = RefundWish(codes=(code.removeprefix("refund "),))
        make_refund(actor=SYSTEM, order=order, wish=wish, now=clock.now())
    except AppError as refusal:
        return refusal.code
    return "refunded"


def unwind_and_die(database_url: str, event_id: int, after: int) -> None:
    """Unwind a cancelled event and die by kill -9 in the middle of an order, when tickets were ended so many times."""
    ended = cancellation.tickets.cancel_tickets
    count = 0

    def cancel_tickets(*args: object, **kwargs: object) -> None:
        nonlocal count
        ended(*args, **kwargs)  # type: ignore[arg-type]
        count += 1
        if count > after:
            os.kill(os.getpid(), signal.SIGKILL)

    with application_on(database_url).app_context():
        cancellation.tickets.cancel_tickets = cancel_tickets  # type: ignore[assignment]
        unwind_event(event_id)


def bought(**fields: object) -> Order:
    order, payment = approved(factories.make_simple_event(**fields))
    settle_payment(payment.reference)
    return order


def test_parts_asked_for_at_the_same_instant_never_exceed_the_payment(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        total = bought(price_minor=5_000).total_minor
    answers = crowd(refund_part, [total // 2 + 1] * 8, database_url=url)
    assert Counter(answers) == {str(total // 2 + 1): 1, "refund_amount": 7}
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.sum(Refund.amount_minor))) == total // 2 + 1


def test_a_failed_refund_that_many_promise_again_is_promised_once(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        order = bought()
        refund = request_refund(
            actor=SYSTEM, order=order, amount_minor=100, source="organizer", now=clock.now()
        )
        refund_id = refund.id
        with db.engine.begin() as connection:
            connection.execute(sa.update(Refund).values(state=RefundState.FAILED))
    assert len(set(crowd(retry, [refund_id] * 6, database_url=url))) == 1
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 2


@pytest.mark.parametrize("attempt", range(3))
def test_a_ticket_is_let_in_or_its_money_goes_back_never_both(committing_app: Flask, attempt: int) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        code = bought(start_at=clock.now() + timedelta(minutes=5)).tickets[0].code
    answers = crowd(scan_or_refund, [f"refund {code}", code] * 4, database_url=url)
    with committing_app.app_context():
        ticket = db.session.scalars(sa.select(Ticket).where(Ticket.code == code)).one()
        refunds = db.session.scalars(sa.select(Refund)).all()
        if ticket.used_at is not None:
            assert (answers.count("admitted"), refunds) == (1, [])
        else:
            assert (answers.count("admitted"), len(refunds)) == (0, 1)
            assert ticket.status is TicketStatus.CANCELLED


def test_cancelling_goes_on_where_it_was_killed_and_refunds_each_order_once(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event = factories.make_simple_event()
        event_id = event.id
        assert Counter(buy_one(event_id) for _ in range(ORDERS)) == {"paid": ORDERS}
        cancel_event(actor=SYSTEM, event=event, reason="Storm", now=clock.now())
    victim = PROCESSES.Process(target=unwind_and_die, args=(url, event_id, 4))
    victim.start()
    victim.join(120)
    assert victim.exitcode == -signal.SIGKILL

    with committing_app.app_context(), time_machine.travel(clock.now() + entry.LEASE + timedelta(seconds=1)):
        event = db.session.get_one(Event, event_id)
        progress = find_cancellation_progress(event)
        assert progress.orders == ORDERS
        assert 0 < progress.ended == progress.waiting < ORDERS
        while entry.drain_outbox():
            pass
        assert (unwind_event(event_id), db.session.scalar(sa.select(sa.func.count(Refund.id)))) == (0, ORDERS)
        assert set(db.session.scalars(sa.select(Order.status))) == {OrderStatus.REFUNDED}
        progress = find_cancellation_progress(db.session.get_one(Event, event_id))
        assert (progress.returned, progress.failed, progress.is_done) == (ORDERS, 0, True)

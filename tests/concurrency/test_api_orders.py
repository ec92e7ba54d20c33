"""Clients of the API at the same instant, in several processes: nothing oversold, and one key makes one thing."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.sandbox import SandboxRefund
from easyticket.models import Admission, Order, OrderStatus, Quota, Refund, RefundState, Ticket, User
from easyticket.services import refund_sending
from easyticket.services.expiry import expire_orders
from easyticket.services.intents import confirm_test_payment
from tests import factories
from tests.concurrency import callers
from tests.concurrency.crowd import PROCESSES, crowd


def count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def held_and_sold() -> set[tuple[int, int]]:
    return {(quota.held, quota.sold) for quota in db.session.scalars(sa.select(Quota))}


def paid_order(**event_fields: Any) -> User:
    """Make an account with one paid order of 105 cedis."""
    user = factories.make_user()
    event = factories.make_simple_event(price_minor=10_000, **event_fields)
    order = factories.make_order(event, user=user)
    confirm_test_payment(
        actor=factories.actor_of(user),
        order=order,
        payment_id="test",
        payment_method="stripe",
        now=clock.now(),
    )
    return user


def deadlocks() -> int:
    """Return how many the database has ended since it was made; SQLite, where writers queue, has none."""
    if db.engine.dialect.name == "sqlite":
        return 0
    seen = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return db.session.scalar(seen) or 0


def kill_in(action: Callable[[str, str], None], *arguments: str) -> None:
    """Run an action in a process of its own, in which it dies."""
    victim = PROCESSES.Process(target=action, args=arguments)
    victim.start()
    victim.join(120)
    assert victim.exitcode == -signal.SIGKILL


@pytest.fixture
def url(committing_app: Flask) -> str:
    return str(committing_app.config["SETTINGS"].database_url)


def test_forty_parallel_orders_for_ten_tickets_hold_exactly_ten(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        factories.make_simple_event(quantity=10)
        tokens = [callers.sign_in(factories.make_user()) for _ in range(40)]
    answers = Counter(crowd(callers.order_one, tokens, database_url=url))
    assert answers.pop("Only 0 tickets available for 'Standard'") == 30
    assert (len(answers), sum(answers.values())) == (10, 10)
    with committing_app.app_context():
        assert held_and_sold() == {(10, 0)}
        assert {order.status for order in db.session.scalars(sa.select(Order))} == {OrderStatus.PENDING}


def test_forty_free_orders_at_once_are_confirmed_for_ten_tickets(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        factories.make_simple_event(price_minor=0, quantity=10)
        tokens = [callers.sign_in(factories.make_user()) for _ in range(40)]
    answers = Counter(crowd(callers.order_one, tokens, database_url=url))
    assert answers.pop("Only 0 tickets available for 'Standard'") == 30
    with committing_app.app_context():
        assert held_and_sold() == {(0, 10)}
        assert {order.status for order in db.session.scalars(sa.select(Order))} == {OrderStatus.CONFIRMED}


def test_one_key_at_the_same_instant_makes_one_order_and_everybody_reads_it(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        factories.make_simple_event(quantity=1)
        token = callers.sign_in(factories.make_user())
    answers = Counter(crowd(callers.order_with_key, [token] * 12, database_url=url))
    [(status, _)] = answers
    assert (status, answers.total()) == (201, 12)
    with committing_app.app_context():
        assert count(Order) == 1
        assert held_and_sold() == {(1, 0)}


def test_one_key_at_the_same_instant_returns_money_once(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        token = callers.sign_in(paid_order())
    answers = Counter(crowd(callers.refund_with_key, [token] * 8, database_url=url))
    [(status, _)] = answers
    assert (status, answers.total()) == (200, 8)
    with committing_app.app_context():
        assert (count(Refund), count(SandboxRefund)) == (1, 1)


def test_refunds_at_the_same_instant_are_never_more_than_what_was_paid(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        token = callers.sign_in(paid_order())
    assert Counter(crowd(callers.refund_all, [token] * 6, database_url=url)) == {200: 1, 400: 5}
    with committing_app.app_context():
        assert [refund.amount_minor for refund in db.session.scalars(sa.select(Refund))] == [6_000]


def test_many_small_refunds_at_the_same_instant_are_all_paid_and_none_waits_in_a_circle(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        token = callers.sign_in(paid_order())
    assert Counter(crowd(callers.refund_one, [token] * 30, database_url=url)) == {200: 30}
    with committing_app.app_context():
        states = list(db.session.scalars(sa.select(Refund.state)))
        assert states == [RefundState.SUCCEEDED] * 30
        assert db.session.scalars(sa.select(Order.refunded_minor)).one() == 3_000
        assert deadlocks() == 0


def test_a_payment_confirmed_by_many_at_the_same_instant_is_confirmed_once_and_all_hear_so(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        user = factories.make_user()
        factories.make_order(factories.make_simple_event(), user=user)
        token = callers.sign_in(user)
    answers = Counter(crowd(callers.confirm, [token] * 16, database_url=url))
    assert answers["confirmed"] >= 1
    assert set(answers) <= {"confirmed", "Order is already confirmed"}, answers
    with committing_app.app_context():
        assert (count(Ticket), held_and_sold()) == (1, {(0, 1)})
        assert deadlocks() == 0


def test_money_for_a_ticket_goes_back_or_its_holder_goes_in_but_not_both(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        # Doors are open, and the event has not begun.
        user = paid_order(start_at=clock.now() + timedelta(minutes=10))
        token, code = callers.sign_in(user), db.session.scalars(sa.select(Ticket.code)).one()
    answers = Counter(crowd(callers.refund_or_scan, [token, code] * 3, database_url=url))
    with committing_app.app_context():
        went_in = count(Admission) == 1
        assert count(Refund) == (0 if went_in else 1)
    assert (answers["money back"], answers["admitted"]) == ((0, 1) if went_in else (1, 0)), answers


def test_an_order_made_before_a_kill_is_not_made_again(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        factories.make_simple_event(quantity=5)
        token = callers.sign_in(factories.make_user())
    kill_in(callers.order_and_die, url, token)
    with committing_app.app_context():
        number = db.session.scalars(sa.select(Order.number)).one()
        first = callers.order_with_key(token)
        assert first[0] == 201 and number in first[1]
        assert callers.order_with_key(token) == first
        assert count(Order) == 1
        assert held_and_sold() == {(1, 0)}
        assert expire_orders() == 0


def test_money_promised_before_a_kill_is_not_promised_again(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        token = callers.sign_in(paid_order())
    kill_in(callers.refund_and_die, url, token)
    with committing_app.app_context():
        refund_id = db.session.scalars(sa.select(Refund.id)).one()
        refund_sending.send_refund(refund_id)  # its job, which the kill left behind
        status, text = callers.refund_with_key(token)
        assert (status, '"succeeded"' in text) == (200, True)
        assert (count(Refund), count(SandboxRefund)) == (1, 1)

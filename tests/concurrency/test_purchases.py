"""Clients of the Cafa Tickets API at the same instant, in several processes: nothing oversold, and one key buys once."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.db import db
from easyticket.models import Order, OrderStatus, Payment, PaymentState, Quota, Ticket
from tests import factories
from tests.books import what_is_wrong
from tests.concurrency import buyers
from tests.concurrency.callers import sign_in
from tests.concurrency.crowd import crowd


@pytest.fixture
def url(committing_app: Flask) -> str:
    return str(committing_app.config["SETTINGS"].database_url)


def held_and_sold() -> set[tuple[int, int]]:
    return {(quota.held, quota.sold) for quota in db.session.scalars(sa.select(Quota))}


def test_twelve_buyers_for_five_tickets_get_five(committing_app: Flask, url: str) -> None:
    with committing_app.app_context():
        factories.make_simple_event(quantity=5)
        tokens = [sign_in(factories.make_user()) for _ in range(12)]
    answers = Counter(crowd(buyers.buy_one, tokens, database_url=url))
    assert answers == {"completed": 5, "Only 0 tickets available for 'Standard'": 7}
    with committing_app.app_context():
        assert held_and_sold() == {(0, 5)}
        assert {order.status for order in db.session.scalars(sa.select(Order))} == {OrderStatus.CONFIRMED}
        assert {payment.state for payment in db.session.scalars(sa.select(Payment))} == {PaymentState.PAID}
        assert db.session.scalar(sa.select(sa.func.count(Ticket.id))) == 5
        assert what_is_wrong() == []


def test_one_key_at_the_same_instant_opens_one_payment_and_everybody_reads_it(
    committing_app: Flask, url: str
) -> None:
    with committing_app.app_context():
        factories.make_simple_event(quantity=1)
        token = sign_in(factories.make_user())
    answers = Counter(crowd(buyers.initiate_with_key, [token] * 8, database_url=url))
    [(status, _)] = answers
    assert (status, answers.total()) == (201, 8)
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1
        assert held_and_sold() == {(1, 0)}
        assert what_is_wrong() == []

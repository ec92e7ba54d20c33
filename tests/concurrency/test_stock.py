"""Nothing is sold twice: many buyers, few places, two processes, real commits."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Order, OrderStatus, Quota, SalesChannel, Ticket
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services import sandbox
from easyticket.services.baskets import WantedLine
from easyticket.services.orders import Buyer, place_order, secret_of
from easyticket.services.payments import start_payment
from tests import factories
from tests.books import what_is_wrong
from tests.concurrency.actions import buy_one, settle
from tests.concurrency.crowd import crowd


def quotas(event_id: int) -> set[tuple[int, int]]:
    return {
        (quota.held, quota.sold)
        for quota in db.session.scalars(sa.select(Quota).filter_by(event_id=event_id))
    }


def test_forty_parallel_buyers_of_ten_tickets_get_exactly_ten(committing_app: Flask) -> None:
    with committing_app.app_context():
        event_id = factories.make_simple_event(quantity=10, total_capacity=10).id
    url = committing_app.config["SETTINGS"].database_url
    answers = Counter(crowd(buy_one, [event_id] * 40, database_url=url))
    assert answers == {"paid": 10, "sold out": 30}
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 10
        assert quotas(event_id) == {(0, 10)}
        numbers = list(db.session.scalars(sa.select(Order.number)))
        assert len(numbers) == len(set(numbers)) == 10
        assert what_is_wrong() == []


def test_one_payment_settled_by_everybody_at_once_makes_its_tickets_once(committing_app: Flask) -> None:
    with committing_app.app_context():
        event = factories.make_simple_event()
        wanted = [WantedLine(event.ticket_types[0].offers[0].uuid, 3)]
        order = place_order(
            actor=ANONYMOUS,
            event=event,
            lines=wanted,
            channel=SalesChannel.WEB,
            buyer=Buyer("Efua Sarpong", "efua@example.org"),
            now=clock.now(),
        )
        actor = ANONYMOUS.with_order_secret(secret_of(order))
        payment = start_payment(
            actor=actor, order=order, return_url="http://tickets.example/", now=clock.now()
        )
        assert payment is not None
        reference = payment.reference
        sandbox.approve(reference)
    url = committing_app.config["SETTINGS"].database_url
    assert crowd(settle, [reference] * 8, database_url=url) == ["paid"] * 8
    with committing_app.app_context():
        order = db.session.scalars(sa.select(Order)).one()
        assert (order.status, len(order.tickets)) == (OrderStatus.CONFIRMED, 3)
        assert what_is_wrong() == []

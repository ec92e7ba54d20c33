"""One ticket admits once, however many gates scan it at the same instant."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Admission, Scan, Ticket
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import secret_of
from easyticket.services.payments import start_payment
from tests import factories
from tests.concurrency.actions import scan
from tests.concurrency.crowd import crowd
from tests.services.test_orders import place


def test_sixteen_parallel_scans_of_one_ticket_let_one_person_in(committing_app: Flask) -> None:
    with committing_app.app_context():
        start_at = clock.now() - timedelta(minutes=10)
        event = factories.make_simple_event(price_minor=0, start_at=start_at)
        order = place(event)
        actor = ANONYMOUS.with_order_secret(secret_of(order))
        start_payment(actor=actor, order=order, return_url="http://tickets.example/", now=clock.now())
        code = db.session.scalars(sa.select(Ticket.code)).one()
    url = committing_app.config["SETTINGS"].database_url
    assert Counter(crowd(scan, [code] * 16, database_url=url)) == {"admitted": 1, "already_in": 15}
    with committing_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Admission)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 16

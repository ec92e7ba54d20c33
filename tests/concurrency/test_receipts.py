"""Receipts written by several processes at the same instant: one for each order, and no number twice or left out."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from easyticket.db import db
from easyticket.models import Receipt
from easyticket.services.receipts import issue_receipt
from tests import factories
from tests.concurrency.crowd import crowd
from tests.services.test_receipts import make_paid_order, make_seller


def write(order_id: int) -> int:
    receipt = issue_receipt(order_id)
    assert receipt is not None
    return receipt.number


def test_receipts_written_at_once_are_numbered_without_gaps_and_each_order_has_one(
    committing_app: Flask,
) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event = factories.make_simple_event(organizer=make_seller())
        order_ids = [make_paid_order(event).id for _ in range(6)]
    numbers = crowd(write, order_ids * 3, database_url=url)
    assert set(numbers) == set(range(1, 7))
    with committing_app.app_context():
        assert sorted(db.session.scalars(sa.select(Receipt.number))) == list(range(1, 7))

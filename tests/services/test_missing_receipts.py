"""Papers that nobody wrote are written: of orders from before there were receipts, and where a job was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Receipt
from easyticket.rules.permissions import SYSTEM
from easyticket.services import missing_receipts, refund_sending, refunds
from easyticket.services.missing_receipts import issue_missing_receipts
from easyticket.services.payments import settle_payment
from tests import factories
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")


def test_what_is_missing_after_ten_minutes_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_receipts, "_BATCH", 2)
    for _ in range(3):
        order, payment = approved(factories.make_simple_event())
        settle_payment(payment.reference)
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    refund_sending.send_refund(refund.id)
    now = clock.now()
    assert issue_missing_receipts(now) == 0
    later = now + timedelta(minutes=11)
    assert issue_missing_receipts(later) == 4
    assert issue_missing_receipts(later) == 0
    assert db.session.scalar(sa.select(sa.func.count(Receipt.id))) == 4


def test_what_costs_nothing_has_no_receipt() -> None:
    factories.make_order(factories.make_simple_event(price_minor=0))
    assert issue_missing_receipts(clock.now() + timedelta(days=1)) == 0

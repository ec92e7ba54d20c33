"""The ledger only grows: the database itself refuses to change or delete a row."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import LedgerEntry
from easyticket.services import ledger
from easyticket.services.payments import settle_payment
from tests import factories
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_minor = 1",
        "UPDATE ledger_posting SET kind = 'capture'",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_posting",
    ],
)
def test_a_posted_row_can_be_neither_changed_nor_deleted(statement: str) -> None:
    _, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    with pytest.raises(DBAPIError, match="never changed or deleted"), db.session.begin_nested():
        db.session.execute(sa.text(statement))


def test_all_entries_of_a_currency_sum_to_zero() -> None:
    _, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    total = db.session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_minor)))
    assert total == 0


def test_the_same_movement_cannot_be_posted_twice() -> None:
    order, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    with pytest.raises(IntegrityError):
        ledger.post_fulfilment(order, clock.now())

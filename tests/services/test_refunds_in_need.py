"""The list of refunds that need somebody: however long it is, it asks the database the same few times."""

from __future__ import annotations

import pytest

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import RefundOutcome, RefundSnapshot
from easyticket.models import Refund
from easyticket.queries.refunds import list_refunds_in_need
from easyticket.rules.permissions import SYSTEM
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.refunds import request_refund
from tests.services.strict_provider import StrictProvider
from tests.services.test_disputes import bought
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def in_need(provider: StrictProvider) -> Refund:
    """A refund of one ticket that failed, and after it one of the other ticket."""
    order, _ = bought(provider)
    first, _ = (
        request_refund(
            actor=SYSTEM,
            order=order,
            amount_minor=5_000,
            cancelled_tickets=[ticket],
            source="organizer",
            now=clock.now(),
        )
        for ticket in order.tickets
    )
    said = RefundSnapshot("", RefundOutcome.FAILED, "The card is closed.", str(first.uuid))
    return apply_refund_snapshot(first.id, said, clock.now())


def test_a_list_of_many_asks_the_database_as_often_as_one_of_few(provider: StrictProvider) -> None:
    counts = []
    for number in (1, 4):
        wanted = [in_need(provider).id for _ in range(number)]
        db.session.expunge_all()
        with counted_statements() as statements:
            found = [refund.id for refund in list_refunds_in_need()]
        counts.append(len(statements))
        assert found[-number:] == wanted
    assert counts[0] == counts[1]

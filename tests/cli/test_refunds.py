"""The people who run the site see which refunds need somebody, and make a failed one again."""

from __future__ import annotations

import pytest
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import RefundOutcome, RefundSnapshot
from easyticket.models import RefundState
from easyticket.rules.permissions import SYSTEM
from easyticket.services.payments import settle_payment
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.refunds import request_refund
from tests import factories
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")


def run(app: Flask, *args: str) -> tuple[int, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=args)
    return result.exit_code, result.output.strip()


def test_a_failed_refund_is_listed_made_again_and_listed_no_more(app: Flask) -> None:
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    refund = request_refund(actor=SYSTEM, order=order, amount_minor=500, source="organizer", now=clock.now())
    uuid = str(refund.uuid)
    assert run(app, "refund-again", uuid) == (1, "Error: This refund has not failed.")
    failed = RefundSnapshot("re_1", RefundOutcome.FAILED, "The card is closed.")
    apply_refund_snapshot(refund.id, failed, clock.now())
    line = f"{uuid}  failed  GHS 5.00  {order.number}  organizer  sandbox {payment.reference}  The card is closed."
    assert run(app, "refunds-in-need") == (0, line)
    code, said = run(app, "refund-again", uuid)
    db.session.expire_all()
    assert [each.state for each in order.refunds] == [RefundState.FAILED, RefundState.SUCCEEDED]
    assert (code, said) == (0, f"{order.refunds[1].uuid} is succeeded.")
    assert run(app, "refunds-in-need") == (0, "")

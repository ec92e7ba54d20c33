"""Webhooks and jobs that are done are forgotten after three months, and nothing else is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import OutboxJob, ProviderEvent
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.queue import DONE_KEPT_FOR
from easyticket.services import forgetting
from easyticket.services.forgetting import forget_done_work
from easyticket.services.payments import settle_payment
from easyticket.services.receipts import issue_receipt
from tests import factories
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")
A_MINUTE = timedelta(minutes=1)


def job(name: str, now: datetime, **ends: Any) -> OutboxJob:
    return OutboxJob(name=name, payload={}, created_at=now, run_at=now, **ends)


def event(key: str, now: datetime, handled_at: datetime | None) -> ProviderEvent:
    return ProviderEvent(
        provider="stripe", event_key=key, kind="charge", body="{}", received_at=now, handled_at=handled_at
    )


def test_what_is_done_is_forgotten_after_three_months_and_what_failed_or_waits_is_not() -> None:
    now = clock.now()
    old, young = now - DONE_KEPT_FOR - A_MINUTE, now - DONE_KEPT_FOR + A_MINUTE
    with transaction() as session:
        session.add_all([event("old", old, old), event("young", old, young), event("waits", old, None)])
        session.add_all([job("old", old, done_at=old), job("young", old, done_at=young)])
        session.add_all([job("failed", old, failed_at=old), job("waits", old)])
    assert forget_done_work(now) == 2
    assert forget_done_work(now) == 0
    assert set(db.session.scalars(sa.select(ProviderEvent.event_key))) == {"young", "waits"}
    assert set(db.session.scalars(sa.select(OutboxJob.name))) == {"young", "failed", "waits"}


def test_a_lot_is_forgotten_in_several_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "_MOST", 2)
    old = clock.now() - DONE_KEPT_FOR - A_MINUTE
    with transaction() as session:
        session.add_all([job("old", old, done_at=old) for _ in range(3)])
    assert [forget_done_work() for _ in range(3)] == [2, 1, 0]


def test_the_audit_misses_no_mail_that_was_forgotten() -> None:
    order, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    issue_receipt(order.id)
    later = clock.now() + DONE_KEPT_FOR + A_MINUTE
    with transaction() as session:
        session.execute(sa.update(OutboxJob).values(done_at=clock.now()))
    assert forget_done_work(later) > 0
    found = [each.sentence for finding in audit_database(Scope(later)) for each in finding.violations]
    assert found == []

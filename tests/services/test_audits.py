"""Runs of the audit: asked for once an hour, kept for a month, and mailed when they find something else than before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.db import db, transaction
from easyticket.integrations.sandbox import SandboxCharge, SandboxProvider
from easyticket.jobs.entry import drain_outbox
from easyticket.models import AuditRun, Order, OutboxJob, Payment, ProviderEvent
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services import audits, refund_sending, refunds
from easyticket.services.payments import settle_payment
from easyticket.services.provider_audit import audit_providers
from tests import factories
from tests.factories import actor_of
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")
HOUR = timedelta(hours=1)


def unhandled_webhook() -> ProviderEvent:
    """Something that the audit finds: one violation of I10."""
    event = ProviderEvent(
        provider="stripe", event_key="e", kind="charge", body="{}", received_at=clock.now() - HOUR
    )
    with transaction() as session:
        session.add(event)
    return event


def mails_waiting() -> int:
    query = sa.select(sa.func.count(OutboxJob.id)).where(OutboxJob.name == JobName.MAIL_AUDIT_CHANGED)
    return db.session.scalar(query) or 0


def sold() -> tuple[Order, Payment]:
    order, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    return order, payment


class TestRuns:
    def test_it_is_asked_for_once_an_hour_whoever_asks(self) -> None:
        now = clock.now().replace(minute=10)
        asked = [audits.request_audit(now + timedelta(minutes=minutes)) for minutes in (0, 10, 40, 50, 60)]
        assert asked == [True, False, False, True, False]

    def test_a_run_is_kept_with_the_count_of_each_invariant_and_examples(self) -> None:
        unhandled_webhook()
        run = audits.run_audit()
        assert run.violations == 1
        counts = {finding["code"]: finding["count"] for finding in run.findings}
        assert counts == {f"I{number}": int(number == 10) for number in range(1, 12)}
        [found] = [finding for finding in run.findings if finding["count"]]
        assert found["examples"][0]["what"] == "webhook"

    def test_runs_of_a_month_ago_are_forgotten(self) -> None:
        now = clock.now()
        for age in (timedelta(days=31), timedelta(days=29)):
            with transaction() as session:
                session.add(AuditRun(started_at=now - age, finished_at=now, violations=0, findings=[]))
        audits.run_audit(now)
        assert db.session.scalar(sa.select(sa.func.count(AuditRun.id))) == 2

    def test_whoever_runs_the_site_is_mailed_when_the_count_changes_and_not_every_hour(self) -> None:
        audits.run_audit()
        assert mails_waiting() == 0
        event = unhandled_webhook()
        for _ in range(3):
            audits.run_audit()
        assert mails_waiting() == 1
        with transaction() as session:
            session.execute(sa.delete(ProviderEvent).where(ProviderEvent.id == event.id))
        audits.run_audit()
        assert mails_waiting() == 2

    def test_the_mail_names_what_is_broken(self, mailbox: Callable[[], list[EmailMessage]]) -> None:
        unhandled_webhook()
        audits.run_audit()
        drain_outbox()
        [mail] = mailbox()
        assert mail["Subject"] == "The audit found 1 thing that must not be"
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "I10 Nothing is stuck: 1" in text
        assert "/admin/" in text

    def test_the_log_has_an_error_for_each_broken_invariant(self, caplog: pytest.LogCaptureFixture) -> None:
        unhandled_webhook()
        audits.run_audit()
        assert [record.levelname for record in caplog.records if "I10" in record.getMessage()] == ["ERROR"]

    def test_only_administrators_run_it_by_hand(self) -> None:
        with pytest.raises(Forbidden):
            audits.look_again(actor=actor_of(factories.make_organizer()), now=clock.now())


class TestAgainstTheProviders:
    def found(self) -> list[str]:
        later = clock.now() + 2 * HOUR
        return [each.sentence for each in audit_providers(later - timedelta(days=7), later).violations]

    def test_books_that_say_the_same_are_in_order(self) -> None:
        order, _ = sold()
        refund = refunds.request_refund(
            actor=SYSTEM, order=order, amount_minor=100, source="organizer", now=clock.now()
        )
        refund_sending.send_refund(refund.id)
        assert self.found() == []

    def test_money_there_without_a_payment_here_is_found(self) -> None:
        with transaction() as session:
            session.add(_charge("et-nobody"))
        assert self.found() == ["charge et-nobody: expected a payment, found none"]

    def test_money_there_that_was_never_settled_here_is_found(self) -> None:
        _, payment = approved(factories.make_simple_event())
        assert self.found() == [f"payment {payment.reference}: expected settled, found open"]

    def test_another_amount_there_is_found(self) -> None:
        _, payment = sold()
        _change_charge(payment, amount_minor=1)
        assert self.found() == [f"payment {payment.reference}: expected 1 GHS, found 10500 GHS"]

    def test_a_payment_here_without_money_there_is_found(self) -> None:
        _, payment = sold()
        _change_charge(payment, state="failed")
        assert self.found() == [f"payment {payment.reference}: expected paid at the provider, found failed"]

    def test_a_refund_there_that_is_not_here_is_found_and_the_other_way_round(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order, _ = sold()
        refund = refunds.request_refund(
            actor=SYSTEM, order=order, amount_minor=100, source="organizer", now=clock.now()
        )
        refund_sending.send_refund(refund.id)
        there = refund.provider_ref
        with transaction() as session:
            session.execute(sa.update(type(refund)).values(provider_ref="re_other"))
        assert sorted(self.found()) == [
            f"refund {refund.id}: expected succeeded, found none there",
            f"refund at the provider {there}: expected a refund of ours, found none",
        ]


def _charge(reference: str) -> SandboxCharge:
    return SandboxCharge(
        reference=reference,
        amount_minor=500,
        currency="GHS",
        description="",
        return_url="",
        state="succeeded",
        created_at=clock.now(),
    )


def _change_charge(payment: Payment, **values: object) -> None:
    assert payment.provider == SandboxProvider.name
    with transaction() as session:
        session.execute(
            sa.update(SandboxCharge).where(SandboxCharge.reference == payment.reference).values(**values)
        )
    db.session.expire_all()

"""The site of these tests with one of its providers: webhooks and work are handed over when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.jobs import entry
from easyticket.models import OutboxJob
from easyticket.queries.audit.finding import Scope
from easyticket.queries.audit.invariants import audit_database
from easyticket.services.disputes import reconcile_disputes
from easyticket.services.expiry import expire_orders
from easyticket.services.provider_audit import IN_FLIGHT, audit_providers
from easyticket.services.reconciliation import reconcile_payments
from easyticket.services.refund_sync import reconcile_refunds
from tests.concurrency.crowd import PROCESSES, crowd
from tests.money.tills import Till, Webhook

# Minutes between looks of the schedule, in tests that let time pass.
_SWEEPS = (2, 4, 15, 40, 70)
# More rounds of jobs than any journey here has.
_ROUNDS = 20
_NOW = sa.bindparam("now", type_=OutboxJob.run_at.type)
_DUE = (
    sa.select(OutboxJob.id)
    .where(OutboxJob.done_at.is_(None), OutboxJob.failed_at.is_(None), OutboxJob.run_at <= _NOW)
    .where(sa.or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < _NOW))
    .order_by(OutboxJob.id)
)


@dataclass(frozen=True)
class Site:
    """The application (its context is the test's), the provider's double, and where webhooks go over HTTP."""

    app: Flask
    till: Till
    url: str
    settings: dict[str, str]
    # The clock of this process, of the site and of the doubles; it never goes back.
    clock: time_machine.Traveller

    @property
    def database_url(self) -> str:
        """What other processes connect to."""
        return str(self.app.config["SETTINGS"].database_url)

    def hand_over(self, webhooks: Iterable[Webhook]) -> list[int]:
        """Deliver webhooks one after the other and return the statuses."""
        client = self.app.test_client()
        return [
            client.post(webhook.path, data=webhook.body, headers=webhook.headers).status_code
            for webhook in webhooks
        ]

    def work(self, *, with_mails: bool = False) -> None:
        """Run every job that is due and what follows from it; mails, which take a while to draw, if asked."""
        db.session.rollback()
        # A context of its own: jobs end with an empty session, and the test goes on with what it has loaded.
        with self.app.app_context():
            for _ in range(_ROUNDS):
                jobs = _DUE if with_mails else _DUE.where(OutboxJob.name.not_like("mail_%"))
                if not (due := list(db.session.scalars(jobs, {"now": clock.now()}))):
                    break
                for job_id in due:
                    entry.run_outbox_job(job_id)

    def hear(self) -> None:
        """Deliver everything the provider has told so far, and act on it."""
        assert set(self.hand_over(self.till.told())) <= {200}
        self.work()

    def let_time_pass(self) -> None:
        """Let more than two hours pass, with all that the schedule does to find what nobody tells of."""
        for minutes in _SWEEPS:
            self.clock.shift(timedelta(minutes=minutes))
            with self.app.app_context():
                expire_orders()
                reconcile_payments()
                reconcile_refunds()
                reconcile_disputes()
                self.work()
                _send_mails()
        db.session.rollback()

    def check_books(self, *, with_providers: bool = True) -> None:
        """Ask every invariant of the audit, that of the providers' books too where they tell the truth; nothing may be found."""
        db.session.rollback()
        now = clock.now()
        with self.app.app_context():
            findings = audit_database(Scope(now))
            if with_providers:
                # As if an hour had passed: nothing counts as being on its way.
                findings.append(
                    audit_providers(now - timedelta(days=3), now + IN_FLIGHT + timedelta(minutes=1))
                )
        found = [violation.sentence for finding in findings for violation in finding.violations]
        assert not found, found

    def crowd(self, action: Callable[..., Any], arguments: list[Any]) -> list[Any]:
        """Do it all at one moment, in several processes."""
        db.session.rollback()
        return crowd(action, arguments, database_url=self.database_url, settings=self.settings)

    def in_a_process(self, action: Callable[..., None], *arguments: Any) -> int:
        """Call `action(database_url, settings, *arguments)` in a process of its own and return how that ended."""
        db.session.rollback()
        process = PROCESSES.Process(target=action, args=(self.database_url, self.settings, *arguments))
        process.start()
        process.join(120)
        assert process.exitcode is not None, "the process hangs"
        return process.exitcode


def _send_mails() -> None:
    """Call all mails sent, without the time that drawing them takes."""
    unsent = sa.update(OutboxJob).where(OutboxJob.name.startswith("mail_"), OutboxJob.done_at.is_(None))
    with transaction() as session:
        session.execute(unsent.values(done_at=clock.now()))

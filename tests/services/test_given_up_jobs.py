"""Jobs that were given up come back when somebody wants that, or are done with."""

from __future__ import annotations

from uuid import UUID

import pytest

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden
from easyticket.db import db, transaction
from easyticket.jobs.entry import drain_outbox
from easyticket.models import OutboxJob
from easyticket.queue import JobName
from easyticket.services.given_up_jobs import dismiss_job, retry_job
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")


def given_up() -> UUID:
    """A job whose mail token nobody knows: it does nothing when it runs."""
    now = clock.now()
    job = OutboxJob(
        name=JobName.MAIL_VERIFY_EMAIL.value,
        payload={"mail_token_id": 0},
        created_at=now,
        run_at=now,
        attempts=13,
        failed_at=now,
        error="MailDelayed: nobody answers",
    )
    with transaction() as session:
        session.add(job)
    return job.uuid


def job_of(uuid: UUID) -> OutboxJob:
    db.session.expire_all()
    return db.session.query(OutboxJob).filter_by(uuid=uuid).one()


def test_it_is_run_again_with_all_its_tries() -> None:
    uuid, now = given_up(), clock.now()
    retry_job(actor=actor_of(factories.make_staff()), uuid=uuid, now=now)
    assert (job_of(uuid).failed_at, job_of(uuid).attempts) == (None, 0)
    drain_outbox()
    assert job_of(uuid).done_at is not None


def test_it_can_be_let_be_and_keeps_what_went_wrong() -> None:
    uuid, now = given_up(), clock.now()
    dismiss_job(actor=actor_of(factories.make_staff()), uuid=uuid, now=now)
    assert (job_of(uuid).done_at, job_of(uuid).failed_at) == (now, None)
    assert job_of(uuid).error == "MailDelayed: nobody answers"
    with pytest.raises(Conflict):
        retry_job(actor=actor_of(factories.make_staff()), uuid=uuid, now=now)


def test_only_administrators_decide() -> None:
    uuid = given_up()
    for decide in (retry_job, dismiss_job):
        with pytest.raises(Forbidden):
            decide(actor=actor_of(factories.make_organizer()), uuid=uuid, now=clock.now())

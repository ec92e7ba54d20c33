"""Mail through the outbox to a real server: delayed mail comes later, refused mail is given up and shown at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.core.signing import digest
from easyticket.db import db, transaction
from easyticket.jobs import entry
from easyticket.models import MailToken, OutboxJob, TokenPurpose
from easyticket.queue import JobName, enqueue
from tests.factories import make_user
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture(autouse=True)
def _by_smtp(
    app: Flask, settings: Settings, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, mail_url=smtp_server.url))


def add_mail_job() -> int:
    user, now, uuid = make_user(), clock.now(), uuid4()
    with transaction() as session:
        token = MailToken(
            uuid=uuid,
            user_id=user.id,
            purpose=TokenPurpose.VERIFY_EMAIL,
            token_digest=digest(str(uuid)),
            email=user.email,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        session.add(token)
        session.flush()
        return enqueue(JobName.MAIL_VERIFY_EMAIL, {"mail_token_id": token.id}).id


def job(job_id: int) -> OutboxJob:
    db.session.expire_all()
    return db.session.get_one(OutboxJob, job_id)


def test_a_delayed_mail_arrives_at_a_later_try_under_the_id_of_its_job(smtp_server: SmtpServer) -> None:
    smtp_server.refusal = "451 try again"
    job_id = add_mail_job()
    entry.drain_outbox()
    assert (job(job_id).done_at, job(job_id).failed_at) == (None, None)
    smtp_server.refusal = ""
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        entry.drain_outbox()
    (message,) = smtp_server.messages
    assert message["Message-ID"] == f"<{job(job_id).uuid}@tickets.example>"
    assert job(job_id).done_at is not None


def test_a_refused_mail_is_not_tried_again_and_somebody_can_see_why(smtp_server: SmtpServer) -> None:
    smtp_server.refusal = "550 no such mailbox"
    job_id = add_mail_job()
    entry.drain_outbox()
    assert job(job_id).failed_at is not None
    assert "no such mailbox" in job(job_id).error

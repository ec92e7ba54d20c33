"""A process killed between payment and mail loses nothing: the mail is sent after the restart."""

from __future__ import annotations

import shutil
import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.jobs import entry
from easyticket.models import OutboxJob
from tests import factories
from tests.concurrency.actions import pay_and_die
from tests.concurrency.crowd import PROCESSES
from tests.servers.easyticket import read_mails


@pytest.mark.parametrize("while_mailing", [False, True], ids=["before the mail", "in the middle of the mail"])
def test_the_mail_of_a_paid_order_is_sent_after_a_kill(committing_app: Flask, while_mailing: bool) -> None:
    settings = committing_app.config["SETTINGS"]
    shutil.rmtree(settings.mail_dir, ignore_errors=True)
    with committing_app.app_context():
        event_id = factories.make_simple_event().id
    victim = PROCESSES.Process(
        target=pay_and_die,
        args=(settings.database_url, event_id),
        kwargs={"while_mailing": while_mailing},
    )
    victim.start()
    victim.join(120)
    assert victim.exitcode == -signal.SIGKILL

    with committing_app.app_context(), time_machine.travel(clock.now() + entry.LEASE + timedelta(seconds=1)):
        entry.drain_outbox()
        pending = sa.select(OutboxJob.name).where(OutboxJob.done_at.is_(None))
        assert "mail_order_confirmed" not in set(db.session.scalars(pending))
    mails = read_mails(settings.mail_dir)
    assert [mail["To"] for mail in mails] == ["yaw@example.org"]
    assert (
        len([part for part in mails[0].iter_attachments() if part.get_content_type() == "application/pdf"])
        >= 1
    )

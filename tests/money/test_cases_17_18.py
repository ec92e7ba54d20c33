"""Mail servers that are down and workers that die: what was paid stays paid, and what was to be done is done once."""

from __future__ import annotations

import shutil
import signal
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.mail import FolderMailer, MailDelayed
from easyticket.models import OutboxJob, ProviderEvent
from easyticket.queue import JobName
from easyticket.rules.permissions import SYSTEM
from easyticket.services.refunds import request_refund
from tests.money import deaths
from tests.money.site import Site
from tests.money.steps import TOTAL, begun, bought, count_mails, refunds_of, standing
from tests.money.tills import PaystackTill
from tests.servers.easyticket import read_mails


@pytest.mark.parametrize("till", [PaystackTill], indirect=True, ids=["paystack"])
def test_case_17_a_mail_server_that_is_down_for_an_hour_loses_no_order_and_no_mail(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = site.app.config["SETTINGS"].mail_dir
    shutil.rmtree(folder, ignore_errors=True)
    order, _ = bought(site)
    assert count_mails(order, JobName.MAIL_ORDER_CONFIRMED) == 1
    with monkeypatch.context() as mail_server:
        mail_server.setattr(FolderMailer, "deliver", _refuse)
        site.work(with_mails=True)
        site.clock.shift(timedelta(minutes=30))
        site.work(with_mails=True)
    assert (standing(order).order, standing(order).tickets) == ("confirmed", (("active", 2),))
    assert read_mails(folder) == []
    site.clock.shift(timedelta(minutes=30))
    site.work(with_mails=True)
    mails = read_mails(folder)
    assert [mail["To"] for mail in mails if "efua" in str(mail["To"])] == ["efua@example.org"]
    undone = sa.select(OutboxJob.name).where(OutboxJob.done_at.is_(None), OutboxJob.run_at <= clock.now())
    assert list(db.session.scalars(undone)) == []
    site.check_books()


@pytest.mark.parametrize("place", [deaths.MONEY_IS_SETTLED, deaths.EVENT_IS_HANDLED], ids=["before", "after"])
def test_case_18_a_worker_killed_around_settling_settles_once(
    site: Site, place: tuple[str, str, int]
) -> None:
    order, reference = begun(site)
    site.till.pay(reference)
    site.hand_over(site.till.told())
    assert site.in_a_process(deaths.work_and_die, place) == -signal.SIGKILL
    site.let_time_pass()
    now = standing(order)
    assert (now.order, now.payments, now.tickets) == ("confirmed", ("paid",), (("active", 2),))
    assert count_mails(order, JobName.MAIL_ORDER_CONFIRMED) == 1
    unhandled = sa.select(ProviderEvent.id).where(ProviderEvent.handled_at.is_(None))
    assert list(db.session.scalars(unhandled)) == []
    site.check_books()


@pytest.mark.parametrize(
    "place", [deaths.REFUND_IS_SENT, deaths.REFUND_IS_ANSWERED], ids=["before the call", "after the answer"]
)
def test_case_18_a_worker_killed_around_a_refund_returns_the_money_once(
    site: Site, place: tuple[str, str, int]
) -> None:
    order, reference = bought(site)
    request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    assert site.in_a_process(deaths.work_and_die, place) == -signal.SIGKILL
    site.let_time_pass()
    site.till.finish_refunds(reference)
    site.hear()
    assert site.till.returned(reference) == TOTAL
    assert [refund.amount_minor for refund in refunds_of(order)] == [TOTAL]
    assert standing(order).order == "refunded"
    assert count_mails(order, JobName.MAIL_ORDER_REFUNDED) == 1
    site.check_books()


def _refuse(mailer: FolderMailer, message: EmailMessage) -> None:
    raise MailDelayed("The mail server does not answer.")

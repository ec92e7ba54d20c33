"""The desk of administrators through its pages: how the site is, and everything that waits for a person can be done there."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState, RefundOutcome, RefundSnapshot
from easyticket.models import (
    AuditRun,
    Dispute,
    Event,
    FeeBearer,
    Order,
    OutboxJob,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    ProfileStatus,
    Refund,
    RefundState,
)
from easyticket.rules.permissions import SYSTEM
from easyticket.services import refunds
from easyticket.services.payments import settle_payment
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.settlement import apply_snapshot
from tests import factories
from tests.queries.test_balances import make_sale
from tests.services.test_orders import place
from tests.services.test_payments import approved, snapshot_of
from tests.services.test_withdrawals import ask, make_earner, make_profile
from tests.statements import counted_statements
from tests.web.test_organizer_pages import sign_in, words

Row = TypeVar("Row")
pytestmark = pytest.mark.usefixtures("db_session")
PAGES = ("/admin/", "/admin/payments/", "/admin/refunds/", "/admin/payouts/", "/admin/fees/", "/admin/jobs/")


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """A browser with an administrator signed in."""
    sign_in(client, factories.make_staff())
    return client


def sold() -> tuple[Order, Payment]:
    order, payment = approved(factories.make_simple_event(title="Night of Drums"))
    settle_payment(payment.reference)
    return order, payment


def quarantined() -> Payment:
    _, payment = approved(factories.make_simple_event(title="Night of Drums"))
    return apply_snapshot(payment.id, snapshot_of(payment, amount_minor=10_499), clock.now())


def failed_refund() -> Refund:
    order, _ = sold()
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    snapshot = RefundSnapshot(
        provider_ref="re_1", outcome=RefundOutcome.FAILED, message="The card is closed."
    )
    return apply_refund_snapshot(refund.id, snapshot, clock.now())


def open_dispute() -> Dispute:
    order, payment = sold()
    with transaction() as session:
        dispute = Dispute(
            order_id=order.id,
            payment_id=payment.id,
            provider_ref="dp_1",
            state=DisputeState.OPEN,
            amount_minor=10_500,
            currency="GHS",
            reason="product_not_received",
            due_at=clock.now() + timedelta(days=7),
        )
        session.add(dispute)
    return dispute


def given_up_job() -> OutboxJob:
    now = clock.now()
    with transaction() as session:
        job = OutboxJob(
            name="mail_order_confirmed",
            payload={"order_id": 7},
            created_at=now,
            run_at=now,
            attempts=13,
            failed_at=now,
            error="MailRefused: 550 no such mailbox",
        )
        session.add(job)
    return job


def reread(row: Row) -> Row:
    db.session.expire_all()
    return row


class TestWhoMayComeIn:
    @pytest.mark.parametrize("path", PAGES)
    def test_only_administrators(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 302
        sign_in(client, factories.make_organizer())
        assert client.get(path).status_code == 403

    def test_only_administrators_find_the_way_in_their_menu(self, client: FlaskClient) -> None:
        sign_in(client, factories.make_organizer())
        assert "/admin/" not in client.get("/").text
        client.post("/sign-out/")
        sign_in(client, factories.make_staff())
        assert 'href="/admin/"' in client.get("/").text

    @pytest.mark.parametrize("path", PAGES)
    def test_pages_with_nothing_on_them_say_so(self, admin: FlaskClient, path: str) -> None:
        answer = admin.get(path)
        assert answer.status_code == 200
        assert '<meta name="robots" content="noindex">' in answer.text

    def test_no_page_asks_once_per_row(self, admin: FlaskClient) -> None:
        paths = ("/admin/", "/admin/payments/", "/admin/payouts/", "/admin/jobs/")
        counts = []
        for _ in range(2):
            quarantined(), open_dispute(), given_up_job(), ask(make_earner())
            make_profile(factories.make_organizer(), status=ProfileStatus.PENDING)
            with counted_statements() as seen:
                for path in paths:
                    assert admin.get(path).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestOverview:
    def test_it_says_what_waits(self, admin: FlaskClient) -> None:
        assert "Nothing waits for you" in words(admin.get("/admin/"))
        quarantined(), given_up_job(), open_dispute()
        answer = admin.get("/admin/")
        page = words(answer)
        assert "3 things wait" in page
        assert "Payments to decide about Money that is not what was asked for 1" in page
        for path in ("payments/", "payments/#disputes-title", "jobs/", "webhooks/?kind=unhandled"):
            assert f'href="/admin/{path}"' in answer.text

    def test_it_says_how_the_site_does(self, admin: FlaskClient) -> None:
        order = make_sale(factories.make_simple_event(title="Osu Lanterns"), days_ago=3)
        page = words(admin.get("/admin/"))
        assert "Tickets sold 0 in the 30 days before 1" in page
        assert "Paid by buyers GH₵ 0.00 in the 30 days before GH₵ 52.50" in page.replace(
            "\N{NO-BREAK SPACE}", " "
        )
        assert "Sold most Osu Lanterns 1 sold" in page
        assert f'href="/admin/events/{order.event.slug}/"' in admin.get("/admin/").text

    def test_it_shows_the_last_audit_with_examples_and_can_look_again(self, admin: FlaskClient) -> None:
        assert "Not looked at yet" in words(admin.get("/admin/"))
        given_up_job()
        answer = admin.post("/admin/audit/", follow_redirects=True)
        page = words(answer)
        assert "The audit found 1." in page
        assert "1 thing is wrong" in page
        assert "job mail_order_confirmed" in page
        assert "I11 Organizers are paid what they earned 0" in page

    def test_an_audit_of_hours_ago_is_said_to_be_old(self, admin: FlaskClient) -> None:
        with transaction() as session:
            then = clock.now() - timedelta(hours=4)
            session.add(AuditRun(started_at=then, finished_at=then, violations=0, findings=[]))
        assert "Does a worker run?" in words(admin.get("/admin/"))


class TestPayments:
    def test_money_set_aside_is_returned(self, admin: FlaskClient) -> None:
        payment = quarantined()
        page = words(admin.get("/admin/payments/"))
        assert "GH₵ 104.99" in page and "Asked for 105.00 GHS" in page
        answer = admin.post(f"/admin/payments/{payment.uuid}/return/", follow_redirects=True)
        assert "The money is on its way back to its payer." in words(answer)
        [refund] = db.session.scalars(sa.select(Refund)).all()
        assert (refund.amount_minor, refund.source) == (10_499, "quarantined_payment")
        assert "Every payment was what it should be." in words(answer)

    def test_or_left_where_it_is(self, admin: FlaskClient) -> None:
        payment = quarantined()
        admin.post(f"/admin/payments/{payment.uuid}/leave/")
        assert reread(payment).reviewed_at is not None
        assert payment.state is PaymentState.QUARANTINED
        assert admin.post(f"/admin/payments/{payment.uuid}/leave/").status_code == 404

    def test_a_dispute_says_why_and_until_when(self, admin: FlaskClient) -> None:
        open_dispute()
        page = words(admin.get("/admin/payments/"))
        assert "Product not received To be answered by" in page
        assert "The bank has the money" in page


class TestRefunds:
    def test_a_failed_one_says_why_and_is_tried_once_more(self, admin: FlaskClient) -> None:
        failed = failed_refund()
        page = words(admin.get("/admin/refunds/"))
        assert "GH₵ 105.00" in page and "The card is closed." in page
        answer = admin.post(f"/admin/refunds/{failed.uuid}/again/", follow_redirects=True)
        assert "All money is where it belongs" in words(answer)
        states = db.session.scalars(sa.select(Refund.state).order_by(Refund.id)).all()
        assert states == [RefundState.FAILED, RefundState.SUCCEEDED]


class TestPayouts:
    def test_what_was_paid_by_hand_is_noted(self, admin: FlaskClient) -> None:
        payout = ask(make_earner())
        page = words(admin.get("/admin/payouts/"))
        assert payout.reference in page and "1234567890" in page
        answer = admin.post(f"/admin/payouts/{payout.reference}/paid/", follow_redirects=True)
        assert "Noted as paid." in words(answer)
        assert reread(payout).state is PayoutState.PAID
        assert admin.post(f"/admin/payouts/{payout.reference}/paid/").status_code == 409

    def test_what_must_wait_offers_no_button(self, admin: FlaskClient) -> None:
        payout = ask(make_earner())
        with transaction() as session:
            session.execute(sa.update(Payout).values(payment_profile_id=None))
        answer = admin.get("/admin/payouts/")
        assert "Must not be paid yet" in words(answer)
        assert f"/admin/payouts/{payout.reference}/paid/" not in answer.text

    def test_an_account_is_accepted_or_refused_with_a_reason(self, admin: FlaskClient) -> None:
        organizer = factories.make_organizer()
        values = {"status": ProfileStatus.PENDING, "verification_attempts": 1, "is_default": False}
        theirs, wrong = (make_profile(organizer, **values) for _ in range(2))
        admin.post(f"/admin/accounts/{theirs.uuid}/accept/", data={"attempt": "1"})
        answer = admin.post(
            f"/admin/accounts/{wrong.uuid}/reject/",
            data={"attempt": "1", "reason": "Another name"},
            follow_redirects=True,
        )
        assert "No account waits to be checked." in words(answer)
        assert (reread(theirs).status, wrong.status) == (ProfileStatus.VERIFIED, ProfileStatus.FAILED)
        assert wrong.failure_reason == "Another name"

    def test_an_account_that_was_changed_meanwhile_is_not_accepted(self, admin: FlaskClient) -> None:
        profile = make_profile(
            factories.make_organizer(), status=ProfileStatus.PENDING, verification_attempts=2
        )
        assert admin.post(f"/admin/accounts/{profile.uuid}/accept/", data={"attempt": "1"}).status_code == 409
        assert reread(profile).status is ProfileStatus.PENDING


class TestJobs:
    def test_a_job_is_tried_again_or_let_be(self, admin: FlaskClient) -> None:
        first, second = given_up_job(), given_up_job()
        assert "550 no such mailbox" in words(admin.get("/admin/jobs/"))
        admin.post(f"/admin/jobs/{first.uuid}/again/")
        answer = admin.post(f"/admin/jobs/{second.uuid}/dismiss/", follow_redirects=True)
        assert "No job was given up" in words(answer)
        assert (reread(first).done_at, second.done_at is None) == (None, False)
        assert admin.post(f"/admin/jobs/{uuid4()}/again/").status_code == 409


class TestFees:
    def test_an_event_gets_a_fee_of_its_own_for_orders_from_then_on(self, admin: FlaskClient) -> None:
        event = factories.make_simple_event(title="Night of Drums")
        before = place(event, 1)
        assert "Night of Drums" in words(admin.get("/admin/fees/?q=drums"))
        answer = admin.post(f"/admin/fees/{event.slug}/", data={"percent": "2,5"}, follow_redirects=True)
        assert "2.5 % of each paid ticket, paid by buyers on top" in words(answer)
        after = place(reread(event), 1)
        assert [order.platform_fee_minor for order in (before, after)] == [250, 125]

    def test_nothing_typed_is_the_usual_fee_again_and_zero_is_none_at_all(self, admin: FlaskClient) -> None:
        event = factories.make_simple_event(fee_basis_points=100)
        admin.post(f"/admin/fees/{event.slug}/", data={"percent": "0"})
        assert reread(event).fee_basis_points == 0
        admin.post(f"/admin/fees/{event.slug}/", data={"percent": ""})
        assert reread(event).fee_basis_points is None
        assert "All events have the usual fee" in words(admin.get("/admin/fees/"))

    @pytest.mark.parametrize("typed", ["five", "51", "-1", "1.234", "100"])
    def test_what_is_no_fee_is_said_at_the_field(self, admin: FlaskClient, typed: str) -> None:
        event = factories.make_simple_event()
        answer = admin.post(f"/admin/fees/{event.slug}/", data={"percent": typed})
        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.text
        assert reread(event).fee_basis_points is None

    def test_its_organizer_reads_fee_and_bearer_on_the_page_of_the_event(
        self, app: Flask, client: FlaskClient
    ) -> None:
        organizer = sign_in(client, factories.make_organizer())
        event = factories.make_simple_event(
            organizer=organizer, fee_basis_points=300, fee_bearer=FeeBearer.ORGANIZER
        )
        page = words(client.get(f"/organizer/events/{event.slug}/"))
        assert "Service fee: 3 % of each paid ticket, paid out of the price." in page
        assert db.session.get_one(Event, event.id).fee_basis_points == 300

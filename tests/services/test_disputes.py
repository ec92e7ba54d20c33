"""A payer's bank takes money back: what is frozen meanwhile, what is gone when it is lost, and what comes back when it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import (
    DisputeSnapshot,
    DisputeState,
    NoticeTopic,
    RefundOutcome,
    RefundSnapshot,
)
from easyticket.models import (
    Dispute,
    Event,
    LedgerPosting,
    Order,
    OrderStatus,
    OutboxJob,
    Payment,
    Quota,
    QuotaKind,
    TicketStatus,
)
from easyticket.queries.balances import get_balance
from easyticket.queue import JobName
from easyticket.rules.order_phase import OrderPhase, phase_of
from easyticket.rules.permissions import SYSTEM
from easyticket.services.disputes import apply_dispute_snapshot, reconcile_disputes, sync_disputes
from easyticket.services.payments import settle_payment
from easyticket.services.provider_events import handle_provider_event, record_provider_event
from easyticket.services.refund_sync import reconcile_refunds
from easyticket.services.refunds import request_refund
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import balance, jobs, start

pytestmark = pytest.mark.usefixtures("db_session")

# Two tickets at 50.00 with the fee of five per cent.
TOTAL, SHARE, FEE = 10_500, 10_000, 500


def bought(provider: StrictProvider, event: Event | None = None) -> tuple[Order, Payment]:
    order = place(event or factories.make_simple_event(price_minor=5_000), 2)
    payment = start(order)
    provider.pay(payment.reference)
    settle_payment(payment.reference)
    db.session.refresh(order)
    return order, payment


def hear(provider: StrictProvider, order: Order, payment: Payment, now: datetime | None = None) -> None:
    sync_disputes(payment.id, now or clock.now())
    db.session.refresh(order)


def books(order: Order) -> dict[str, int]:
    """The order's part of every account that is not zero, debit positive."""
    accounts = ("provider_cash", "clearing", "organizer_payable", "organizer_disputed", "fee_revenue")
    names = (*accounts, "dispute_hold", "dispute_loss", "refund_due")
    return {name: minor for name in names if (minor := balance(name, order))}


def ticket_states(order: Order) -> list[tuple[TicketStatus, bool]]:
    db.session.expire_all()
    return [(ticket.status, ticket.disputed_at is not None) for ticket in order.tickets]


def test_an_open_dispute_freezes_the_share_and_flags_the_tickets(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    organizer_id = order.event.organizer_id
    before = get_balance(organizer_id, "GHS", clock.now())
    provider.dispute(DisputeState.OPEN, TOTAL)
    hear(provider, order, payment)
    assert books(order) == {
        "dispute_hold": TOTAL,
        "organizer_disputed": -SHARE,
        "fee_revenue": -FEE,
    }
    assert ticket_states(order) == [(TicketStatus.ACTIVE, True)] * 2
    assert order.status is OrderStatus.CONFIRMED
    frozen = get_balance(organizer_id, "GHS", clock.now())
    assert (frozen.disputed_minor, frozen.on_hold_minor, frozen.pending_minor) == (SHARE, SHARE, 0)
    assert frozen.earnings_minor == before.earnings_minor


def test_a_question_of_the_bank_flags_the_tickets_and_moves_no_money(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    before = books(order)
    provider.dispute(DisputeState.WARNING, TOTAL)
    hear(provider, order, payment)
    assert (books(order), ticket_states(order)) == (before, [(TicketStatus.ACTIVE, True)] * 2)
    provider.dispute(DisputeState.WON, TOTAL)
    hear(provider, order, payment)
    assert (books(order), ticket_states(order)) == (before, [(TicketStatus.ACTIVE, False)] * 2)


def test_what_is_won_is_as_if_nothing_had_happened(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    before = books(order)
    for state in (DisputeState.OPEN, DisputeState.WON):
        provider.dispute(state, TOTAL)
        hear(provider, order, payment)
    assert (books(order), ticket_states(order)) == (before, [(TicketStatus.ACTIVE, False)] * 2)
    dispute = db.session.scalars(sa.select(Dispute)).one()
    assert dispute.opened_at is not None and dispute.closed_at is not None


@pytest.mark.parametrize("heard_of_the_beginning", [True, False])
def test_what_is_lost_ends_the_unused_tickets_and_sells_no_place_again(
    provider: StrictProvider, heard_of_the_beginning: bool
) -> None:
    order, payment = bought(provider)
    order.tickets[0].status, order.tickets[0].used_at = TicketStatus.USED, clock.now()
    db.session.commit()
    if heard_of_the_beginning:
        provider.dispute(DisputeState.OPEN, TOTAL)
        hear(provider, order, payment)
    provider.dispute(DisputeState.LOST, TOTAL)
    hear(provider, order, payment)
    assert books(order) == {}
    states = [status for status, _ in ticket_states(order)]
    assert states == [TicketStatus.USED, TicketStatus.CANCELLED]
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.EVENT)).one()
    assert (quota.held, quota.sold) == (0, 2)
    assert phase_of(order, clock.now()) is OrderPhase.CALLED_OFF


def test_money_that_comes_back_after_all_brings_the_order_back(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    before = books(order)
    for state in (DisputeState.OPEN, DisputeState.LOST, DisputeState.WON):
        provider.dispute(state, TOTAL)
        hear(provider, order, payment)
    assert (books(order), order.status) == (before, OrderStatus.CONFIRMED)
    assert ticket_states(order) == [(TicketStatus.ACTIVE, False)] * 2


def test_a_part_that_is_lost_leaves_the_tickets_good(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    for state in (DisputeState.OPEN, DisputeState.LOST):
        provider.dispute(state, 2_100)
        hear(provider, order, payment)
    assert books(order) == {
        "provider_cash": TOTAL - 2_100,
        "organizer_payable": -(SHARE - 2_000),
        "fee_revenue": -(FEE - 100),
    }
    assert (order.status, ticket_states(order)) == (OrderStatus.CONFIRMED, [(TicketStatus.ACTIVE, False)] * 2)


def test_however_often_and_late_it_is_told_each_thing_happens_once(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    told = []
    for state in DisputeState:
        provider.dispute(state, TOTAL)
        told.extend(provider.disputes.values())
    for snapshot in [told[1], told[0], told[1], told[3], told[0], told[1], told[3]]:
        apply_dispute_snapshot(payment.id, snapshot, clock.now())
    db.session.refresh(order)
    assert (books(order), order.status) == ({}, OrderStatus.CANCELLED)
    kinds = db.session.scalars(sa.select(LedgerPosting.kind).where(LedgerPosting.kind.like("dispute%")))
    assert sorted(kinds) == ["dispute_lost", "dispute_opened"]


def test_the_organizer_is_told_of_each_turn_once(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    for state in (DisputeState.OPEN, DisputeState.OPEN, DisputeState.LOST):
        provider.dispute(state, TOTAL)
        hear(provider, order, payment)
    mails: list[OutboxJob] = jobs(JobName.MAIL_PAYMENT_DISPUTED)
    assert [mail.payload["state"] for mail in mails] == ["open", "lost"]


def test_a_dispute_in_another_currency_counts_for_all_of_the_payment(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    provider.dispute(DisputeState.OPEN, 700, currency="USD")
    hear(provider, order, payment)
    assert balance("dispute_hold", order) == TOTAL


def test_an_event_of_the_provider_makes_us_read_the_disputes(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    provider.dispute(DisputeState.OPEN, TOTAL)
    record_provider_event(
        provider="stripe",
        event_key="evt_1",
        kind="charge.dispute.created",
        topic=NoticeTopic.DISPUTE,
        reference=payment.provider_ref or "",
        body="{}",
        now=clock.now(),
    )
    [job] = jobs(JobName.HANDLE_PROVIDER_EVENT)
    handle_provider_event(job.payload["event_id"])
    db.session.refresh(order)
    assert balance("dispute_hold", order) == TOTAL


def test_what_is_not_decided_is_asked_about_every_hour(provider: StrictProvider) -> None:
    order, payment = bought(provider)
    provider.dispute(DisputeState.OPEN, TOTAL)
    now = clock.now()
    hear(provider, order, payment, now)
    assert reconcile_disputes(now + timedelta(minutes=30)) == 0
    provider.dispute(DisputeState.WON, TOTAL)
    assert reconcile_disputes(now + timedelta(minutes=70)) == 1
    assert db.session.scalars(sa.select(Dispute.state)).one() is DisputeState.WON
    assert reconcile_disputes(now + timedelta(hours=3)) == 0


def test_a_dispute_is_asked_about_although_a_refund_of_its_payment_is_asked_about_more_often(
    provider: StrictProvider,
) -> None:
    order, payment = bought(provider)
    refund = request_refund(actor=SYSTEM, order=order, amount_minor=500, source="organizer", now=clock.now())
    key = str(refund.uuid)
    provider.refunds[key] = RefundSnapshot("re_1", RefundOutcome.PENDING, "", key, 500, "GHS")
    provider.dispute(DisputeState.OPEN, TOTAL - 500)
    start_at = clock.now()
    hear(provider, order, payment, start_at)
    provider.dispute(DisputeState.WON, TOTAL - 500)
    for minutes in range(11, 100, 11):
        reconcile_refunds(start_at + timedelta(minutes=minutes))
        reconcile_disputes(start_at + timedelta(minutes=minutes))
    assert db.session.scalars(sa.select(Dispute.state)).one() is DisputeState.WON


def test_a_dispute_that_the_database_does_not_take_keeps_no_other_one(
    provider: StrictProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = clock.now()
    odd, other = bought(provider)[1], bought(provider)[1]
    told: dict[str, DisputeSnapshot] = {}
    monkeypatch.setattr(provider, "fetch_disputes", lambda reference, _: (told[reference],))
    for number, payment in enumerate((odd, other)):
        told[payment.reference] = DisputeSnapshot(
            f"dp_{number}", DisputeState.OPEN, TOTAL, "GHS", "fraudulent"
        )
        sync_disputes(payment.id, now)
    odd_name, other_name = odd.reference, other.reference
    # A day that no calendar of the database has, and a decision.
    told[odd_name] = replace(told[odd_name], due_at="soon")  # type: ignore[arg-type]
    told[other_name] = replace(told[other_name], state=DisputeState.WON)
    later = now + timedelta(minutes=70)
    assert reconcile_disputes(later) == 2
    rows = db.session.execute(sa.select(Dispute.payment_id, Dispute.state)).all()
    states = {row.payment_id: row.state for row in rows}
    assert states == {odd.id: DisputeState.OPEN, other.id: DisputeState.WON}
    assert any(record.exc_info and odd.id in (record.args or ()) for record in caplog.records)
    assert reconcile_disputes(later) == 0

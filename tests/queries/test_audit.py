"""The audit: nothing is wrong with what the services do, and whatever is broken by hand is found by exactly one invariant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.db import Base, db, transaction
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Admission,
    Category,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    OrderStatus,
    OutboxJob,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    ProviderEvent,
    Quota,
    QuotaKind,
    Receipt,
    Refund,
    RefundState,
    RefundTicket,
    RetiredCode,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
)
from easyticket.queries.audit import invariants
from easyticket.queries.audit.finding import Invariant, Scope, rows_of
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services import ledger, receipts, refund_sending, refunds
from easyticket.services.orders import secret_of
from easyticket.services.payments import settle_payment, start_payment
from easyticket.services.sold_orders import Person, change_buyer
from easyticket.services.ticket_transfers import send_ticket_on
from easyticket.services.tickets import cancel_tickets
from tests import factories
from tests.services.test_orders import holding, place
from tests.services.test_payments import approved, start
from tests.services.test_postings import disputed
from tests.services.test_withdrawals import ask, make_profile
from tests.statements import counted_statements

usual = pytest.mark.usefixtures("db_session")
MINUTE = timedelta(minutes=1)


def broken(now: datetime | None = None, event_id: int | None = None) -> dict[str, int]:
    """The invariants that do not hold, with how many violations each has."""
    found = invariants.audit_database(Scope(now or clock.now(), event_id))
    return {finding.code: len(finding.violations) for finding in found if finding.violations}


def sentences(now: datetime | None = None) -> list[str]:
    found = invariants.audit_database(Scope(now or clock.now()))
    return [violation.sentence for finding in found for violation in finding.violations]


def write(row: Base, **values: Any) -> None:
    """Change a row past everything that would refuse it."""
    with transaction() as session:
        session.execute(sa.update(type(row)).where(type(row).id == row.id).values(**values))
    db.session.expire_all()


def add(*rows: Base) -> None:
    with transaction() as session:
        session.add_all(rows)


def sold() -> tuple[Order, Payment]:
    """Two tickets, paid and settled: 10500 with the fee of 500."""
    order, payment = approved(factories.make_simple_event(price_minor=5_000))
    settle_payment(payment.reference)
    return order, payment


def post(account: LedgerAccount, other: LedgerAccount, amount: int, order: Order) -> None:
    """Move money of an order between two accounts as nobody should."""
    posting = LedgerPosting(
        kind="by_hand", key=f"by-hand:{uuid4()}", order_id=order.id, posted_at=clock.now()
    )
    posting.entries = [
        LedgerEntry(
            account=each,
            order_id=order.id,
            event_id=order.event_id,
            amount_minor=minor,
            currency=order.currency,
        )
        for each, minor in ((account, amount), (other, -amount))
    ]
    add(posting)


# What the services do


@usual
def test_nothing_is_wrong_with_a_whole_story() -> None:
    order, _ = sold()
    start(place(order.event, 1))
    promo = factories.make_promo_code(order.event, "EARLY", uses=5)
    place(order.event, 1, promo_code=promo.code)
    confirmed_free()
    refund = refunds.request_refund(
        actor=SYSTEM, order=order, amount_minor=1_234, source="organizer", now=clock.now()
    )
    refund_sending.send_refund(refund.id)
    refunds.request_refund(actor=SYSTEM, order=order, amount_minor=99, source="organizer", now=clock.now())
    asked_for()
    assert broken() == {}


@usual
def test_an_event_is_looked_at_alone() -> None:
    order, _ = sold()
    other, _ = sold()
    write(order, refunded_minor=1)
    assert broken(event_id=order.event_id) == {"I6": 1}
    assert broken(event_id=other.event_id) == {}


@usual
def test_it_takes_as_many_statements_for_many_orders_as_for_one() -> None:
    sold()
    with counted_statements() as few:
        broken()
    for _ in range(3):
        sold()
    with counted_statements() as many:
        broken()
    assert len(many) == len(few) <= 54


def test_all_is_asked_of_one_state_of_the_database(
    committing_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_category() -> None:
        with committing_app.app_context():
            factories.make_category()
            db.session.remove()

    def ask_twice(_: Scope) -> Iterator[Any]:
        yield rows_of("categories", sa.func.count(Category.id), "", "").select_from(Category)
        other = threading.Thread(target=make_category)
        other.start()
        other.join()
        yield rows_of("categories", sa.func.count(Category.id), "", "").select_from(Category)

    monkeypatch.setattr(invariants, "INVARIANTS", (Invariant("I0", "", ask_twice),))
    with committing_app.app_context():
        [finding] = invariants.audit_database(Scope(clock.now()))
        assert [violation.id for violation in finding.violations] == ["0", "0"]
        assert db.session.scalar(sa.select(sa.func.count(Category.id))) == 1


# What each invariant finds


@usual
@pytest.mark.parametrize("column", ["held", "sold"])
def test_i1_finds_a_counter_that_counts_wrong(column: str) -> None:
    order, _ = sold()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=order.event_id)
    ).one()
    write(quota, **{column: getattr(quota, column) + 1})
    assert broken() == {"I1": 1}


@usual
def test_i1_finds_more_valid_tickets_than_there_are_places() -> None:
    order, _ = sold()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=order.event.ticket_types[0].id)
    ).one()
    write(quota, capacity=1, sold=0)
    assert sorted(sentences())[-1].startswith("valid tickets of ticket_type")
    assert set(broken()) == {"I1"}


@usual
def test_i2_finds_a_paid_place_without_a_ticket() -> None:
    order, _ = sold()
    with transaction() as session:
        session.execute(sa.delete(Ticket).where(Ticket.id == order.tickets[0].id))
    db.session.expire_all()
    assert broken() == {"I2": 1}


@usual
def test_i2_finds_valid_tickets_of_an_order_that_ended() -> None:
    order = confirmed_free()
    write(order, status=OrderStatus.CANCELLED)
    assert broken() == {"I2": 2}


@usual
def test_i2_finds_a_valid_ticket_whose_place_is_on_sale_again() -> None:
    order, _ = sold()
    write(order.tickets[0], released_at=clock.now())
    assert f"ticket whose place is on sale again {order.tickets[0].code}" in " ".join(sentences())


@usual
def test_i2_finds_a_sending_that_left_the_old_code_good() -> None:
    order, _ = sold()
    ticket = order.tickets[0]
    buyer = ANONYMOUS.with_order_secret(secret_of(order))
    send_ticket_on(actor=buyer, ticket=ticket, to_name="Efua", to_email="efua@example.org", now=clock.now())
    assert broken() == {}
    retired = db.session.scalars(sa.select(RetiredCode)).one()
    write(ticket, code=retired.code)
    assert broken() == {"I2": 1}
    write(ticket, generation=0)
    assert broken() == {"I2": 3}


@usual
def test_i2_knows_new_codes_that_no_sending_made() -> None:
    order, _ = sold()
    person = Person("Kofi Mensah", "kofi@example.org")
    organizer = factories.actor_of(order.event.organizer)
    change_buyer(actor=organizer, order=order, person=person, ends_old_access=True, now=clock.now())
    assert broken() == {}
    write(order.tickets[0], sent_on_at=clock.now())
    assert broken() == {"I2": 1}


@usual
def test_i3_finds_money_that_bought_nothing_and_goes_nowhere() -> None:
    order, _ = sold()
    with transaction():
        cancel_tickets(order.tickets, clock.now(), restock=False)
    write(order, status=OrderStatus.FAILED)
    assert broken() == {"I3": 1}


@usual
def test_i3_finds_tickets_nobody_paid_for() -> None:
    order, payment = sold()
    write(payment, state=PaymentState.FAILED)
    assert f"payment of order {order.number}: expected 10500, found none" in sentences()


@usual
def test_i4_finds_a_payment_of_another_amount_than_the_order_costs() -> None:
    order, _ = sold()
    write(order, subtotal_minor=order.subtotal_minor + 1, total_minor=order.total_minor + 1)
    assert broken() == {"I4": 1}


@usual
def test_i4_finds_a_second_payment_that_does_not_go_back() -> None:
    order, _ = sold()
    second = Payment(
        order_id=order.id,
        attempt=2,
        provider="sandbox",
        reference="et-second",
        state=PaymentState.SURPLUS,
        amount_minor=10_500,
        captured_minor=10_500,
        currency="GHS",
    )
    with transaction() as session:
        session.add(second)
        session.flush()
        ledger.post_capture(second, clock.now())
    # The money waits without a use, too.
    assert broken() == {"I4": 1, "I10": 1}


@usual
def test_i5_finds_a_posting_that_does_not_balance() -> None:
    posting = LedgerPosting(kind="by_hand", key="by-hand:1", posted_at=clock.now())
    posting.entries = [LedgerEntry(account=LedgerAccount.FEE_REVENUE, amount_minor=7, currency="GHS")]
    add(posting)
    assert sentences() == ["posting by-hand:1: expected 0, found 7"]


@usual
@pytest.mark.parametrize(
    ("account", "other", "count"),
    [
        (LedgerAccount.PROVIDER_CASH, LedgerAccount.FEE_EXPENSE, 2),
        (LedgerAccount.REFUND_DUE, LedgerAccount.DISPUTE_LOSS, 1),
        (LedgerAccount.DISPUTE_HOLD, LedgerAccount.DISPUTE_LOSS, 1),
        (LedgerAccount.FEE_REVENUE, LedgerAccount.ORGANIZER_PAYABLE, 1),
    ],
)
def test_i5_finds_an_account_that_is_not_what_the_rows_say(
    account: LedgerAccount, other: LedgerAccount, count: int
) -> None:
    order, _ = sold()
    post(account, other, 100, order)
    assert broken() == {"I5": count}


@usual
def test_i5_finds_cash_of_the_door_in_an_order_that_was_paid_through_us() -> None:
    order, _ = sold()
    write(order, cash_minor=500)
    assert broken() == {"I5": 1}


@usual
def test_i6_finds_an_order_that_says_another_sum_than_was_returned() -> None:
    order, _ = sold()
    write(order, refunded_minor=1)
    assert broken() == {"I6": 1}


@usual
def test_i6_finds_a_ticket_that_is_returned_beyond_its_price() -> None:
    order, _ = sold()
    refund = refunds.request_refund(
        actor=SYSTEM,
        order=order,
        amount_minor=5_250,
        cancelled_tickets=order.tickets[:1],
        source="organizer",
        now=clock.now(),
    )
    part = db.session.scalars(sa.select(RefundTicket).filter_by(refund_id=refund.id)).one()
    write(part, amount_minor=5_251)
    assert broken() == {"I6": 1}


@usual
def test_i6_finds_more_refunds_than_money_came_in() -> None:
    order, payment = sold()
    add(
        Refund(
            order_id=order.id,
            payment_id=payment.id,
            amount_minor=10_501,
            currency="GHS",
            source="organizer",
            state=RefundState.REQUESTED,
        )
    )
    assert f"refunds of payment {payment.id}: expected at most 10500, found 10501" in sentences()


@usual
def test_i6_finds_somebody_who_was_let_in_with_a_ticket_that_had_ended() -> None:
    order, _ = sold()
    ticket, now = order.tickets[0], clock.now()
    with transaction():
        cancel_tickets([ticket], now - 5 * MINUTE, restock=False)
    let_in(ticket, now)
    assert broken() == {"I6": 1}


@usual
def test_i7_finds_a_promo_code_that_counts_wrong() -> None:
    event = factories.make_simple_event()
    promo = factories.make_promo_code(event, "EARLY", uses=5)
    place(event, 1, promo_code="early")
    quota = db.session.scalars(sa.select(Quota).filter_by(kind=QuotaKind.PROMO, owner_id=promo.id)).one()
    write(quota, held=0)
    assert broken() == {"I7": 1}


@usual
def test_i8_finds_an_admission_that_no_scan_made() -> None:
    order, _ = sold()
    let_in(order.tickets[0], clock.now(), with_scan=False)
    assert broken() == {"I8": 1}


@usual
def test_i8_finds_a_scan_that_let_somebody_in_whom_nobody_admitted() -> None:
    order, _ = sold()
    add(scan_of(order.tickets[0], uuid4(), clock.now()))
    assert broken() == {"I8": 1}


@usual
def test_i8_finds_somebody_who_is_in_although_that_was_taken_back() -> None:
    order, _ = sold()
    let_in(order.tickets[0], clock.now())
    admission = db.session.scalars(sa.select(Admission)).one()
    undone = scan_of(order.tickets[0], uuid4(), clock.now())
    undone.outcome, undone.undoes_key = ScanOutcome.UNDONE, admission.scan_key
    add(undone)
    assert broken() == {"I8": 1}


@usual
def test_i8_finds_a_used_ticket_that_was_never_admitted_and_an_admitted_one_that_is_unused() -> None:
    order, _ = sold()
    first, second = order.tickets
    write(first, status=TicketStatus.USED, used_at=clock.now())
    let_in(second, clock.now())
    write(second, status=TicketStatus.ACTIVE, used_at=None)
    assert broken() == {"I8": 2}


@usual
def test_i9_finds_a_buyer_whom_nobody_mails() -> None:
    order, _ = sold()
    drop_job(f"order-confirmed:{order.id}")
    assert sentences() == [f"mail to the buyer of order {order.number}: expected a job, found none"]


@usual
def test_i9_finds_returned_money_that_nobody_tells_of() -> None:
    order, _ = sold()
    refund = returned(order)
    drop_job(f"order-refunded:{refund.id}")
    assert broken() == {"I9": 1}


@usual
def test_i9_finds_payments_and_refunds_without_a_paper_after_ten_minutes() -> None:
    order, _ = sold()
    refund = returned(order)
    assert broken() == {}
    assert broken(clock.now() + 11 * MINUTE) == {"I9": 2}
    receipts.issue_receipt(order.id)
    receipts.issue_credit_note(refund.id)
    assert db.session.scalar(sa.select(sa.func.count(Receipt.id))) == 2
    assert broken(clock.now() + 11 * MINUTE) == {}


@usual
@pytest.mark.parametrize("status", [OrderStatus.PENDING, OrderStatus.PROCESSING])
def test_i10_finds_an_order_that_never_ends(status: OrderStatus) -> None:
    order = place(factories.make_simple_event(), 1)
    write(order, status=status)
    assert broken(order.expires_at + 29 * MINUTE) == {}
    assert broken(order.expires_at + 31 * MINUTE) == {"I10": 1}


@usual
def test_i10_finds_an_attempt_of_an_order_that_ended() -> None:
    order, _ = sold()
    add(
        Payment(
            order_id=order.id,
            attempt=2,
            provider="sandbox",
            reference="et-late",
            state=PaymentState.OPEN,
            amount_minor=1,
            currency="GHS",
            updated_at=clock.now() - 16 * MINUTE,
        )
    )
    assert broken() == {"I10": 1}


@usual
@pytest.mark.parametrize("state", [RefundState.UNKNOWN, RefundState.BLOCKED])
def test_i10_finds_a_refund_of_which_nothing_is_known_for_long(state: RefundState) -> None:
    order, _ = sold()
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    write(refund, state=state)
    assert broken() == {}
    write(refund, created_at=clock.now() - 16 * MINUTE)
    assert broken() == {"I10": 1}


@usual
def test_i10_finds_a_promise_that_no_job_sends() -> None:
    order, _ = sold()
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    write(refund, created_at=clock.now() - 16 * MINUTE)
    assert broken() == {}
    drop_job(f"send-refund:{refund.id}")
    assert broken() == {"I10": 1}


@usual
@pytest.mark.parametrize("state", [RefundState.REQUESTED, RefundState.UNKNOWN])
def test_i10_lets_a_refund_wait_as_long_as_a_bank_has_its_money_in_hand(state: RefundState) -> None:
    order, payment = sold()
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    dispute = disputed(payment, 10_500)
    write(refund, state=state, created_at=clock.now() - 16 * MINUTE)
    drop_job(f"send-refund:{refund.id}")
    assert broken() == {}
    with transaction():
        ledger.post_dispute_won(dispute, clock.now())
        dispute.state = DisputeState.WON
    assert broken() == {"I10": 1}


@usual
def test_i10_finds_money_that_waits_without_a_use() -> None:
    order, _ = sold()
    post(LedgerAccount.CLEARING, LedgerAccount.DISPUTE_LOSS, 5, order)
    assert sentences() == [f"money without use of order {order.number}: expected 0, found -5"]


@usual
def test_i10_finds_a_webhook_that_nobody_handled() -> None:
    received_at = clock.now()
    add(ProviderEvent(provider="stripe", event_key="e", kind="charge", body="{}", received_at=received_at))
    assert broken(received_at + 4 * MINUTE) == {}
    assert broken(received_at + 6 * MINUTE) == {"I10": 1}


@usual
@pytest.mark.parametrize(
    "state",
    [
        lambda now: {"leased_until": now - 6 * MINUTE, "attempts": 1},
        lambda now: {"run_at": now - 16 * MINUTE, "created_at": now - 16 * MINUTE},
        lambda now: {"failed_at": now},
    ],
)
def test_i10_finds_a_job_that_nobody_runs(state: Callable[[datetime], dict[str, Any]]) -> None:
    now = clock.now()
    add(OutboxJob(**{"name": "send_refund", "payload": {}, "created_at": now, "run_at": now, **state(now)}))
    assert broken() == {"I10": 1}


@usual
def test_i11_finds_a_payout_that_was_never_posted_as_paid() -> None:
    payout = asked_for()
    write(payout, state=PayoutState.PAID, paid_at=clock.now())
    assert sentences() == [
        f"on its way to organizer {payout.organizer_id} GHS: expected 0, found 5000",
        f"arrived of payout {payout.reference}: expected 5000, found 0",
    ]


@usual
def test_i11_finds_more_paid_out_than_was_earned() -> None:
    organizer = factories.make_organizer()
    profile = asked_for().payment_profile
    payout = Payout(
        organizer_id=organizer.id,
        payment_profile=profile,
        reference="wd-unearned",
        method="manual",
        amount_minor=500,
        currency="GHS",
        state=PayoutState.REQUESTED,
    )
    with transaction() as session:
        session.add(payout)
        session.flush()
        ledger.post_payout_requested(payout, clock.now())
    assert sentences() == [f"paid out to organizer {organizer.id} GHS: expected at most 0, found 500"]
    # Nor is it given up once somebody had time to notice.
    uncovered = f"uncovered payouts of organizer {organizer.id} GHS: expected 0, found 500"
    assert uncovered in sentences(clock.now() + 31 * MINUTE)


@usual
def test_i11_finds_money_that_went_to_an_account_nobody_verified() -> None:
    payout = asked_for()
    with transaction():
        ledger.post_payout_paid(payout, clock.now())
    write(payout, state=PayoutState.PAID, paid_at=clock.now(), payment_profile_id=None)
    assert broken() == {"I11": 1}


@usual
def test_i11_finds_play_money_that_was_sent_as_real_money(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = asked_for()
    write(payout, method="paystack_transfer", state=PayoutState.PENDING, sent_at=clock.now())
    assert broken() == {}
    live = replace(app.config["SETTINGS"], paystack_secret_key="sk_live_of_a_shop")
    monkeypatch.setitem(app.config, "SETTINGS", live)
    assert sentences() == [
        f"sent beyond real money to organizer {payout.organizer_id} GHS: expected at most 0, found 5000"
    ]
    with transaction() as session:
        session.execute(sa.update(Payment).values(is_live=True))
    assert broken() == {}


def confirmed_free() -> Order:
    """An order of two tickets that cost nothing."""
    order = place(factories.make_simple_event(price_minor=0), 2)
    start_payment(actor=holding(order), order=order, return_url="http://tickets.example/", now=clock.now())
    return order


def asked_for() -> Payout:
    """Fifty of the hundred cedis that an organizer earned by an event that is over, asked for."""
    order, _ = sold()
    event, organizer, long_ago = order.event, order.event.organizer, clock.now() - timedelta(days=9)
    write(event, start_at=long_ago, end_at=long_ago + timedelta(hours=5))
    write(order, confirmed_at=long_ago - timedelta(days=1))
    receipts.issue_receipt(order.id)
    make_profile(organizer)
    return ask(organizer)


def let_in(ticket: Ticket, now: datetime, *, with_scan: bool = True) -> None:
    key = uuid4()
    admission = Admission(
        ticket_id=ticket.id, event_id=ticket.event_id, scope="event", scan_key=key, admitted_at=now
    )
    add(admission, *([scan_of(ticket, key, now)] if with_scan else []))
    write(ticket, used_at=now)


def scan_of(ticket: Ticket, key: Any, now: datetime) -> Scan:
    return Scan(
        scan_key=key,
        event_id=ticket.event_id,
        ticket_id=ticket.id,
        code_digest="0" * 64,
        outcome=ScanOutcome.ADMITTED,
        scanned_at=now,
    )


def returned(order: Order) -> Refund:
    refund = refunds.request_refund(actor=SYSTEM, order=order, source="organizer", now=clock.now())
    refund_sending.send_refund(refund.id)
    return refund


def drop_job(key: str) -> None:
    with transaction() as session:
        session.execute(sa.delete(OutboxJob).where(OutboxJob.key == key))

"""What each movement does to the accounts of an order or an organizer: nothing is lost on the way there and back."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    Payment,
    Payout,
    PostingKind,
    Refund,
)
from easyticket.services import ledger
from easyticket.services.payments import settle_payment
from tests import factories
from tests.services.test_payments import approved, balance

pytestmark = pytest.mark.usefixtures("db_session")

ACCOUNTS = ("provider_cash", "clearing", "organizer_payable", "fee_revenue")
DISPUTED = ("dispute_hold", "organizer_disputed", "dispute_loss")


def sold(*, price_minor: int = 5_000) -> tuple[Order, Payment]:
    """Two tickets, paid: 10500 with the fee of 500 that the buyer bears."""
    order, payment = approved(factories.make_simple_event(price_minor=price_minor))
    settle_payment(payment.reference)
    db.session.expire_all()
    return order, payment


def balances(order: Order, accounts: tuple[str, ...] = ACCOUNTS) -> list[int]:
    return [balance(account, order) for account in accounts]


def promised(payment: Payment, amount_minor: int) -> Refund:
    """A promise of money back, posted."""
    with transaction() as session:
        refund = Refund(
            order=payment.order,
            payment=payment,
            amount_minor=amount_minor,
            currency=payment.currency,
            source="organizer",
        )
        session.add(refund)
        session.flush()
        ledger.post_refund_requested(refund, clock.now(), fulfilled=True)
    return refund


def disputed(payment: Payment, amount_minor: int) -> Dispute:
    """A dispute whose money has left us, posted."""
    with transaction() as session:
        dispute = Dispute(
            order=payment.order,
            payment=payment,
            provider_ref=f"dp_{uuid4().hex}",
            state=DisputeState.OPEN,
            amount_minor=amount_minor,
            currency=payment.currency,
            opened_at=clock.now(),
        )
        session.add(dispute)
        session.flush()
        ledger.post_dispute_opened(dispute, clock.now())
    return dispute


def sent(amount_minor: int = 4_000, fee_minor: int = 0) -> Payout:
    """Money asked for by an organizer, posted."""
    payout = Payout(
        organizer_id=factories.make_organizer().id,
        reference=f"wd-{uuid4().hex}",
        method="manual",
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        currency="GHS",
    )
    with transaction() as session:
        session.add(payout)
        session.flush()
        ledger.post_payout_requested(payout, clock.now())
    return payout


def owed(payout: Payout) -> dict[str, int]:
    """Debits minus credits of all accounts after what happened to one payout, those at zero left out."""
    rows = db.session.execute(
        sa.select(LedgerEntry.account, sa.func.sum(LedgerEntry.amount_minor)).group_by(LedgerEntry.account)
    )
    return {account: int(minor) for account, minor in rows if minor}


def test_the_fee_of_the_provider_is_a_cost_of_the_platform_and_once() -> None:
    order, payment = sold()
    with transaction():
        payment.provider_fee_minor = 205
        ledger.post_provider_fee(payment, clock.now())
    assert balances(order, (*ACCOUNTS, "fee_expense")) == [10_295, 0, -10_000, -500, 205]
    with pytest.raises(IntegrityError):
        ledger.post_provider_fee(payment, clock.now())


def test_a_payment_without_a_fee_of_the_provider_posts_nothing() -> None:
    order, payment = sold()
    ledger.post_provider_fee(payment, clock.now())
    assert balances(order) == [10_500, 0, -10_000, -500]


def test_a_promise_taken_back_leaves_the_accounts_as_they_were() -> None:
    order, payment = sold()
    refund = promised(payment, 3_333)
    assert balances(order) == [10_500, 0, -6_826, -341]
    ledger.post_refund_failed(refund, clock.now())
    assert balances(order, (*ACCOUNTS, "refund_due")) == [10_500, 0, -10_000, -500, 0]


def test_money_that_bounces_is_owed_until_the_promise_is_taken_back() -> None:
    order, payment = sold()
    refund = promised(payment, 10_500)
    ledger.post_refund_paid(refund, clock.now())
    ledger.post_refund_bounced(refund, clock.now())
    assert balances(order, (*ACCOUNTS, "refund_due")) == [10_500, 0, 0, 0, -10_500]
    ledger.post_refund_failed(refund, clock.now())
    assert balances(order, (*ACCOUNTS, "refund_due")) == [10_500, 0, -10_000, -500, 0]


def test_the_fee_left_depends_on_what_is_left_and_not_on_which_promise_was_taken_back() -> None:
    order, payment = sold()
    first, second = promised(payment, 1_234), promised(payment, 2_345)
    ledger.post_refund_failed(first, clock.now())
    after = balances(order)
    ledger.post_refund_failed(second, clock.now())
    promised(payment, 2_345)
    assert balances(order) == after


def test_an_opened_dispute_takes_the_money_and_freezes_the_share() -> None:
    order, payment = sold()
    disputed(payment, 10_500)
    assert balances(order, ACCOUNTS + DISPUTED) == [0, 0, 0, -500, 10_500, -10_000, 0]


def test_a_won_dispute_leaves_all_as_it_was() -> None:
    order, payment = sold()
    ledger.post_dispute_won(disputed(payment, 6_000), clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == [10_500, 0, -10_000, -500, 0, 0, 0]


def test_a_lost_dispute_takes_from_share_and_fee_as_a_refund_does() -> None:
    order, payment = sold()
    ledger.post_dispute_lost(disputed(payment, 3_333), clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == [7_167, 0, -6_826, -341, 0, 0, 0]


def test_what_a_lost_dispute_takes_beyond_the_sale_is_the_platforms_loss() -> None:
    order, payment = sold()
    ledger.post_refund_paid(promised(payment, 4_000), clock.now())
    ledger.post_dispute_lost(disputed(payment, 10_500), clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == [-4_000, 0, 0, 0, 0, 0, 4_000]


def test_a_promise_that_fails_after_a_lost_dispute_makes_its_loss_good() -> None:
    order, payment = sold()
    refund = promised(payment, 10_500)
    ledger.post_dispute_lost(disputed(payment, 10_500), clock.now())
    assert balance("dispute_loss", order) == 10_500
    ledger.post_refund_failed(refund, clock.now())
    assert balances(order, ("refund_due", *ACCOUNTS, *DISPUTED)) == [0] * 8


def test_a_lost_dispute_that_is_won_after_all_leaves_all_as_it_was() -> None:
    order, payment = sold()
    before = balances(order, ACCOUNTS + DISPUTED)
    dispute = disputed(payment, 3_333)
    ledger.post_dispute_lost(dispute, clock.now())
    promised(payment, 1_111)
    ledger.post_dispute_won(dispute, clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == [10_500, 0, -8_942, -447, 0, 0, 0]
    ledger.post_refund_failed(db.session.scalars(sa.select(Refund)).one(), clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == before


def test_a_won_dispute_gives_the_sale_back_once_its_loss_was_made_good() -> None:
    order, payment = sold()
    refund, dispute = promised(payment, 10_500), disputed(payment, 10_500)
    ledger.post_dispute_lost(dispute, clock.now())
    ledger.post_refund_failed(refund, clock.now())
    ledger.post_dispute_won(dispute, clock.now())
    assert balances(order, ("refund_due", *ACCOUNTS, *DISPUTED)) == [0, 10_500, 0, -10_000, -500, 0, 0, 0]


def test_two_disputes_of_one_order_never_freeze_or_take_more_than_it_brought() -> None:
    order, payment = sold()
    first, second = disputed(payment, 10_500), disputed(payment, 10_500)
    assert balances(order, ("organizer_payable", "organizer_disputed")) == [0, -10_000]
    ledger.post_dispute_lost(first, clock.now())
    ledger.post_dispute_lost(second, clock.now())
    assert balances(order, ACCOUNTS + DISPUTED) == [-10_500, 0, 0, 0, 0, 0, 10_500]


def test_a_transfer_that_fails_is_owed_to_the_organizer_again() -> None:
    payout = sent()
    assert owed(payout) == {"organizer_payable": 4_000, "payout_transit": -4_000}
    ledger.post_payout_failed(payout, clock.now())
    assert owed(payout) == {}


def test_a_transfer_that_arrived_and_came_back_is_owed_to_the_organizer_again() -> None:
    payout = sent()
    ledger.post_payout_paid(payout, clock.now())
    ledger.post_payout_reversed(payout, clock.now())
    assert owed(payout) == {}


def test_the_fee_of_a_transfer_is_a_cost_of_the_platform() -> None:
    payout = sent(fee_minor=100)
    ledger.post_payout_paid(payout, clock.now())
    ledger.post_payout_fee(payout, clock.now())
    assert owed(payout) == {"organizer_payable": 4_000, "provider_cash": -4_100, "fee_expense": 100}


def test_a_posting_that_does_not_balance_is_refused_by_the_writer() -> None:
    _, payment = sold()
    with pytest.raises(RuntimeError, match="does not balance"), transaction():
        payment.captured_minor = 0
        ledger.post_capture(payment, clock.now())


def test_postgresql_itself_refuses_a_posting_that_does_not_balance() -> None:
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has no trigger at the commit: there the writer and the audit see to it.
    posting = LedgerPosting(kind=PostingKind.CAPTURE, key="capture:0", posted_at=clock.now())
    posting.entries = [LedgerEntry(account=LedgerAccount.CLEARING, amount_minor=1, currency="GHS")]
    with pytest.raises(DBAPIError, match="does not add up to zero"), db.session.begin_nested():
        db.session.add(posting)
        db.session.flush()
        db.session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))

"""Receipts and credit notes: one each, numbered without gaps, in the words of the seller at that time, adding up exactly."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid
from easyticket.core.ids import random_code
from easyticket.db import db, transaction
from easyticket.models import (
    Event,
    FeeBearer,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Receipt,
    ReceiptKind,
    Refund,
    RefundState,
    User,
)
from easyticket.queries.receipts import list_credit_notes
from easyticket.queue import JobName
from easyticket.rules.receipts import is_void, number_text
from easyticket.services.payments import settle_payment
from easyticket.services.receipts import issue_credit_note, issue_receipt
from easyticket.services.sellers import SellerDraft, choose_automatic_payouts, save_seller
from tests import factories
from tests.mailed import queued
from tests.services.test_payments import approved

pytestmark = pytest.mark.usefixtures("db_session")

SELLER = SellerDraft(
    legal_name="Volta Nights Ltd",
    address="12 Ring Road\nAccra",
    tax_number="C0001234567",
    tax_name="VAT",
    tax_basis_points=1_500,
)


def make_seller(draft: SellerDraft = SELLER) -> User:
    organizer = factories.make_organizer()
    save_seller(actor=factories.actor_of(organizer), draft=draft, now=clock.now())
    return organizer


def make_paid_order(event: Event, quantity: int = 1, **fields: Any) -> Order:
    """A confirmed order with the payment that paid for it."""
    offer = event.ticket_types[0].offers[0]
    order = factories.make_order(event, [(offer, quantity)], status=OrderStatus.CONFIRMED, **fields)
    if order.total_minor:
        pay(order, PaymentState.PAID)
    return order


def pay(order: Order, state: PaymentState) -> Payment:
    """A payment of all of an order, whatever became of it."""
    with transaction() as session:
        payment = Payment(
            order_id=order.id,
            attempt=len(order.payments) + 1,
            provider="sandbox",
            reference=random_code(26),
            state=state,
            amount_minor=order.total_minor,
            captured_minor=order.total_minor,
            currency=order.currency,
            paid_at=clock.now(),
        )
        session.add(payment)
    db.session.expire(order)
    return payment


def give_back(order: Order, amount_minor: int, payment: Payment | None = None) -> Refund:
    """Money of an order that was returned."""
    with transaction() as session:
        refund = Refund(
            order_id=order.id,
            payment_id=(payment or order.payments[0]).id,
            amount_minor=amount_minor,
            currency=order.currency,
            state=RefundState.SUCCEEDED,
            source="organizer",
            succeeded_at=clock.now(),
        )
        session.add(refund)
    return refund


def come_back(refund: Refund) -> None:
    with transaction():
        refund.state, refund.failed_at = RefundState.FAILED, clock.now()


def receipt_of(order: Order) -> Receipt:
    receipt = issue_receipt(order.id)
    assert receipt is not None
    return receipt


def note_of(refund: Refund) -> Receipt:
    note = issue_credit_note(refund.id)
    assert note is not None
    return note


def test_a_paid_order_has_one_receipt_that_says_who_sold_it_and_what_tax_is_in_it() -> None:
    organizer = make_seller()
    order = make_paid_order(factories.make_simple_event(organizer=organizer), 2)
    receipt = receipt_of(order)
    assert receipt_of(order) is receipt
    assert (receipt.kind, number_text(receipt)) == (ReceiptKind.RECEIPT, "R-000001")
    assert (receipt.seller_id, receipt.seller_name) == (organizer.id, "Volta Nights Ltd")
    assert (receipt.tax_number, receipt.tax_name) == ("C0001234567", "VAT")
    # 2 x 50.00, 5.00 of service fee on top, 15 % in the 100.00.
    assert (receipt.amount_minor, receipt.net_of_fee_minor, receipt.tax_minor) == (10_500, 10_000, 1_304)


def test_paying_writes_it_by_a_job_and_what_cost_nothing_has_none() -> None:
    order, payment = approved(factories.make_simple_event())
    settle_payment(payment.reference)
    (job,) = queued(JobName.ISSUE_RECEIPT)
    assert job.payload == {"order_id": order.id}
    assert receipt_of(order).amount_minor == order.total_minor
    free = make_paid_order(factories.make_simple_event(price_minor=0))
    assert issue_receipt(free.id) is None
    unpaid = factories.make_order(factories.make_simple_event())
    assert issue_receipt(unpaid.id) is None


def test_a_receipt_stays_as_it_was_when_its_seller_changes() -> None:
    organizer = make_seller()
    event = factories.make_simple_event(organizer=organizer)
    first = receipt_of(make_paid_order(event))
    changed = SellerDraft(legal_name="Volta Days Ltd")
    save_seller(actor=factories.actor_of(organizer), draft=changed, now=clock.now())
    second = receipt_of(make_paid_order(event))
    assert (first.seller_name, first.tax_basis_points) == ("Volta Nights Ltd", 1_500)
    assert (second.seller_name, second.tax_basis_points, second.tax_minor) == ("Volta Days Ltd", 0, 0)


def test_a_seller_who_said_nothing_is_named_as_everywhere() -> None:
    organizer = factories.make_organizer()
    receipt = receipt_of(make_paid_order(factories.make_simple_event(organizer=organizer)))
    assert (receipt.seller_name, receipt.tax_minor) == (organizer.display_name, 0)


def test_each_seller_counts_receipts_and_credit_notes_together_and_alone() -> None:
    organizer = make_seller()
    event = factories.make_simple_event(organizer=organizer)
    orders = [make_paid_order(event) for _ in range(3)]
    papers = [receipt_of(orders[0]), note_of(give_back(orders[0], 1_000)), receipt_of(orders[1])]
    # Its receipt comes first, because the note refers to it.
    papers.append(note_of(give_back(orders[2], 5_250)))
    assert [number_text(paper) for paper in papers] == ["R-000001", "C-000002", "R-000003", "C-000005"]
    assert number_text(receipt_of(orders[2])) == "R-000004"
    other = receipt_of(make_paid_order(factories.make_simple_event()))
    assert number_text(other) == "R-000001"


def test_a_number_that_is_not_used_after_all_is_given_to_the_next() -> None:
    event = factories.make_simple_event(organizer=make_seller())
    orders = [make_paid_order(event) for _ in range(2)]
    with pytest.raises(ZeroDivisionError), transaction():
        issue_receipt(orders[0].id)
        raise ZeroDivisionError
    assert number_text(receipt_of(orders[1])) == "R-000001"


@pytest.mark.parametrize("pieces", [[10_500], [1, 1, 10_498], [3_333, 3_333, 3_834], [370] * 28 + [140]])
def test_the_notes_of_an_order_that_is_returned_in_full_add_up_to_its_receipt(pieces: list[int]) -> None:
    order = make_paid_order(factories.make_simple_event(organizer=make_seller()), 2)
    receipt = receipt_of(order)
    notes = [note_of(give_back(order, piece)) for piece in pieces]
    assert [note.amount_minor for note in notes] == pieces
    assert sum(note.net_of_fee_minor for note in notes) == receipt.net_of_fee_minor
    assert sum(note.tax_minor for note in notes) == receipt.tax_minor
    assert {note.seller_name for note in notes} == {receipt.seller_name}


def test_where_the_organizer_bears_the_fee_all_of_the_total_is_the_tickets_price() -> None:
    order = make_paid_order(
        factories.make_simple_event(organizer=make_seller()),
        fee_minor=0,
        total_minor=5_000,
        fee_bearer=FeeBearer.ORGANIZER,
    )
    assert (receipt_of(order).net_of_fee_minor, receipt_of(order).tax_minor) == (5_000, 652)


def test_a_refund_that_came_back_makes_its_note_void_and_the_next_one_counts_instead() -> None:
    order = make_paid_order(factories.make_simple_event(organizer=make_seller()))
    receipt = receipt_of(order)
    void = note_of(give_back(order, 2_000))
    assert void.refund is not None
    come_back(void.refund)
    assert note_of(void.refund) is void
    again, rest = note_of(give_back(order, 2_000)), note_of(give_back(order, 3_250))
    assert [is_void(note) for note in list_credit_notes(order)] == [True, False, False]
    assert (void.number, again.number, rest.number) == (2, 3, 4)
    assert again.tax_minor + rest.tax_minor == receipt.tax_minor
    assert again.net_of_fee_minor + rest.net_of_fee_minor == receipt.net_of_fee_minor


def test_money_that_bought_nothing_or_did_not_go_back_has_no_note() -> None:
    order = make_paid_order(factories.make_simple_event())
    surplus = pay(order, PaymentState.SURPLUS)
    assert issue_credit_note(give_back(order, order.total_minor, surplus).id) is None
    failed = give_back(order, 1_000)
    come_back(failed)
    assert issue_credit_note(failed.id) is None
    assert db.session.scalar(sa.select(sa.func.count(Receipt.id))) == 0


def test_what_a_seller_says_is_checked() -> None:
    actor = factories.actor_of(factories.make_organizer())
    with pytest.raises(Invalid) as refused:
        save_seller(
            actor=actor, draft=SellerDraft(legal_name="x" * 300, tax_basis_points=1_500), now=clock.now()
        )
    assert set(refused.value.fields) == {"legal_name", "tax_name"}
    with pytest.raises(Invalid, match="between 0 and 50"):
        save_seller(actor=actor, draft=SellerDraft(tax_name="VAT", tax_basis_points=5_001), now=clock.now())
    buyer = factories.actor_of(factories.make_user())
    with pytest.raises(Forbidden):
        save_seller(actor=buyer, draft=SELLER, now=clock.now())


def test_the_switch_for_automatic_payouts_leaves_the_rest_alone() -> None:
    organizer = make_seller()
    actor = factories.actor_of(organizer)
    seller = choose_automatic_payouts(actor=actor, is_wanted=True, now=clock.now())
    assert (seller.is_paid_automatically, seller.legal_name) == (True, "Volta Nights Ltd")
    assert save_seller(actor=actor, draft=SELLER, now=clock.now()).is_paid_automatically

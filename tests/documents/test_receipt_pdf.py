"""Receipts, credit notes and statements on paper say everything they have to, also with the longest names."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import transaction
from easyticket.models import Order, OrderStatus, PaymentState
from easyticket.queries.statements import open_statement
from easyticket.rules.statements import period_between
from easyticket.services import statements
from easyticket.services.receipts import issue_receipt, print_credit_note, print_receipt
from tests import factories
from tests.services.test_receipts import SELLER, come_back, give_back, make_seller, note_of, pay
from tests.services.test_withdrawals import ask, make_earner

pytestmark = pytest.mark.usefixtures("db_session")


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def make_order(**fields: object) -> Order:
    event = factories.make_grid_event(organizer=make_seller(), title="Ɛdwom " * 15)
    offers = event.ticket_types[0].offers
    order = factories.make_order(
        event,
        [(offers[0], 2), (offers[1], 1)],
        status=OrderStatus.CONFIRMED,
        payment_method="mobile_money",
        **fields,
    )
    pay(order, PaymentState.PAID)
    return order


def test_a_receipt_says_who_sold_what_to_whom_for_how_much_and_what_tax_is_in_it() -> None:
    order = make_order(buyer_name="Kofi Mensah", buyer_email="kofi@example.org")
    printed = print_receipt(order.id)
    text = text_of(printed.content)
    assert printed.number == "R-000001"
    for said in (
        *("Receipt R-000001", order.number, SELLER.legal_name, "12 Ring Road", "Tax number C0001234567"),
        *("Kofi Mensah", "kofi@example.org", "Ɛdwom Ɛdwom", "Mobile money", "GMT", "National Theatre"),
        *("Pass - Regular - Day 1 2 GH₵ 40.00 GH₵ 80.00", "Service fee of EasyTicket GH₵ 10.00"),
        *("Total GH₵ 210.00", "Included VAT 15 % in GH₵ 200.00: GH₵ 26.09"),
    ):
        assert said in text
    assert len(PdfReader(io.BytesIO(printed.content)).pages) == 1


def test_a_discount_stands_between_the_tickets_and_the_total() -> None:
    order = make_order(discount_minor=2_000, total_minor=19_000, promo_code="EARLY10")
    assert "Discount (EARLY10) −GH₵ 20.00" in text_of(print_receipt(order.id).content)


def test_without_a_rate_no_tax_is_named() -> None:
    event = factories.make_simple_event()
    order = factories.make_order(event, status=OrderStatus.CONFIRMED)
    pay(order, PaymentState.PAID)
    assert "Included" not in text_of(print_receipt(order.id).content)


def test_a_credit_note_names_its_receipt_and_what_went_back() -> None:
    order = make_order()
    refund = give_back(order, 4_200)
    with transaction():
        refund.reason = "Two of us are ill"
    text = text_of(print_credit_note(order, note_of(refund).number).content)
    for said in ("Credit note C-000002", "Receipt R-000001 of", "Price of tickets GH₵ 40.00"):
        assert said in text
    for said in ("Returned GH₵ 42.00", "Included VAT 15 % in GH₵ 40.00: GH₵ 5.22", "Two of us are ill"):
        assert said in text
    assert "Void" not in text


def test_a_note_whose_money_came_back_says_that_it_is_void() -> None:
    order = make_order()
    note = note_of(give_back(order, 4_200))
    assert note.refund is not None
    come_back(note.refund)
    assert "Void The money came back on" in text_of(print_credit_note(order, note.number).content)


def test_a_receipt_that_is_printed_again_says_the_same() -> None:
    order = make_order()
    first = text_of(print_receipt(order.id).content)
    issue_receipt(order.id, clock.now() + timedelta(days=1))
    assert text_of(print_receipt(order.id).content) == first


def test_a_statement_says_what_was_before_what_moved_and_what_is_left() -> None:
    user = make_earner(sales=3)
    ask(user, "60")
    actor, today = factories.actor_of(user), clock.now().date()
    statement = open_statement(
        actor, "GHS", period_between(today - timedelta(days=60), today, "Africa/Accra")
    )
    text = text_of(statements.print_statement(actor=actor, statement=statement, now=clock.now()))
    for said in (
        *("Statement in GHS", "Opening balance GH₵ 0.00", "Came in GH₵ 150.00", "Went out −GH₵ 60.00"),
        *("Payout · wd-", "Closing balance GH₵ 90.00", "on its way to you at the end: GH₵ 60.00"),
    ):
        assert said in text


def test_more_movements_than_paper_takes_are_left_to_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_PRINTED", 1)
    actor, today = factories.actor_of(make_earner(sales=2)), clock.now().date()
    statement = open_statement(
        actor, "GHS", period_between(today - timedelta(days=60), today, "Africa/Accra")
    )
    with pytest.raises(Conflict, match="download the table"):
        statements.print_statement(actor=actor, statement=statement, now=clock.now())

"""Statements add up: opening balance and lines are the closing balance, and that is the ledger's own sum."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import sqlalchemy as sa

from easyticket.core.errors import Forbidden, Invalid
from easyticket.db import db, transaction
from easyticket.documents.statement_csv import statement_csv
from easyticket.integrations.providers import DisputeState
from easyticket.models import (
    Dispute,
    Event,
    FeeBearer,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    Order,
    PaymentProfile,
    Payout,
    User,
)
from easyticket.queries.statements import count_statement_lines, list_statement_lines, open_statement
from easyticket.rules.spreadsheets import safe_cell
from easyticket.rules.statements import StatementPeriod, month_of, period_between
from easyticket.services import ledger
from tests import factories
from tests.queries.test_balances import pay_out
from tests.services.test_receipts import give_back, make_paid_order
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

ZONE = "Africa/Accra"
MARCH, APRIL, MAY = (month_of(date(2026, month, 1), ZONE) for month in (3, 4, 5))


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def sell(event: Event, moment: datetime, **fields: object) -> Order:
    order = make_paid_order(event, confirmed_at=moment, **fields)
    ledger.post_fulfilment(order, moment)
    return order


def dispute(order: Order, moment: datetime) -> Dispute:
    with transaction() as session:
        opened = Dispute(
            order_id=order.id,
            payment_id=order.payments[0].id,
            provider_ref=f"dp_{order.id}",
            state=DisputeState.OPEN,
            amount_minor=order.total_minor,
            currency=order.currency,
        )
        session.add(opened)
        session.flush()
        ledger.post_dispute_opened(opened, moment)
    return opened


def make_history(organizer: User) -> dict[str, Payout]:
    """Everything that can happen to an organizer's account, over three months, in two currencies."""
    event = factories.make_simple_event(organizer=organizer, title="=SUM(A1)")
    first, second, third = sell(event, on(3, 2)), sell(event, on(3, 3)), sell(event, on(3, 4))
    sell(factories.make_simple_event(organizer=organizer, currency="JPY"), on(3, 5))
    sell(factories.make_simple_event(), on(3, 6))
    borne = sell(
        factories.make_simple_event(organizer=organizer),
        on(4, 1),
        fee_bearer=FeeBearer.ORGANIZER,
        fee_minor=0,
        total_minor=5_000,
    )
    refund = give_back(first, 2_100)
    ledger.post_refund_requested(refund, on(4, 2), fulfilled=True)
    taken_back = give_back(first, 1_000)
    ledger.post_refund_requested(taken_back, on(4, 3), fulfilled=True)
    ledger.post_refund_failed(taken_back, on(4, 4))
    ledger.post_refund_requested(give_back(borne, 1_000), on(4, 5), fulfilled=True)
    won, lost, open_ = dispute(second, on(4, 6)), dispute(third, on(4, 7)), dispute(borne, on(5, 1))
    ledger.post_dispute_won(won, on(4, 8))
    ledger.post_dispute_lost(lost, on(4, 9))
    assert open_.id
    ledger.post_verification_fee(
        PaymentProfile(id=1, user_id=organizer.id, verification_attempts=1), 100, "GHS", on(4, 10)
    )
    payouts = {name: pay_out(organizer, 1_000) for name in ("paid", "cancelled", "failed", "reversed")}
    ledger.post_payout_paid(payouts["paid"], on(5, 2))
    ledger.post_payout_cancelled(payouts["cancelled"], on(5, 3))
    ledger.post_payout_failed(payouts["failed"], on(5, 4))
    ledger.post_payout_paid(payouts["reversed"], on(5, 5))
    ledger.post_payout_reversed(payouts["reversed"], on(5, 6))
    return payouts


def ledger_sum(organizer: User, before: datetime, currency: str = "GHS") -> int:
    """What an organizer is owed, straight from the entries."""
    entries = (
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .join(LedgerPosting, LedgerPosting.id == LedgerEntry.posting_id)
        .where(LedgerEntry.account == LedgerAccount.ORGANIZER_PAYABLE)
        .where(LedgerEntry.organizer_id == organizer.id, LedgerEntry.currency == currency)
        .where(LedgerPosting.posted_at < before)
    )
    return -int(db.session.scalar(entries) or 0)


def lines_of(organizer: User, period: StatementPeriod, currency: str = "GHS") -> list[tuple[str, int]]:
    statement = open_statement(factories.actor_of(organizer), currency, period)
    return [(line.text, line.amount_minor) for line in list_statement_lines(statement)]


def test_opening_and_lines_are_the_closing_balance_and_the_ledger_says_the_same() -> None:
    organizer = factories.make_organizer()
    make_history(organizer)
    whole = period_between(date(2026, 3, 1), date(2027, 2, 28), ZONE)
    for currency in ("GHS", "JPY"):
        for period in (MARCH, APRIL, MAY, whole):
            statement = open_statement(factories.actor_of(organizer), currency, period)
            lines = list(list_statement_lines(statement))
            closing = lines[-1].balance_minor if lines else statement.opening_minor
            assert statement.opening_minor == ledger_sum(organizer, period.start_at, currency)
            assert closing == ledger_sum(organizer, period.end_at, currency)
            assert statement.opening_minor + sum(line.amount_minor for line in lines) == closing
            assert count_statement_lines(statement) <= len(lines)


def test_every_movement_is_a_line_in_the_words_of_the_organizer() -> None:
    organizer = factories.make_organizer()
    payouts = make_history(organizer)
    assert lines_of(organizer, MARCH) == [("Tickets sold", 5_000)] * 3
    assert lines_of(organizer, APRIL) == [
        ("Tickets sold", 5_000),
        ("Service fee", -250),
        ("Refund", -2_000),
        ("Refund", -952),
        ("Refund taken back", 952),
        ("Refund", -1_000),
        ("Service fee", 50),
        ("Dispute: frozen", -5_000),
        ("Dispute: frozen", -5_000),
        ("Dispute won: free again", 5_000),
        ("Dispute lost", 0),
        ("Check of an account", -100),
    ]
    statement = open_statement(factories.actor_of(organizer), "GHS", MAY)
    lines = {line.text: line for line in list_statement_lines(statement)}
    assert lines["Payout failed"].reference == payouts["failed"].reference
    assert lines["Payout came back"].amount_minor == 1_000
    assert statement.disputed_minor == -lines["Dispute: frozen"].amount_minor


def test_a_day_begins_by_the_clocks_of_the_zone() -> None:
    organizer = factories.make_organizer()
    sell(factories.make_simple_event(organizer=organizer), datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    berlin = "Europe/Berlin"
    assert len(lines_of(organizer, MARCH)) == 1
    assert lines_of(organizer, month_of(date(2026, 3, 5), berlin)) == []
    assert len(lines_of(organizer, month_of(date(2026, 4, 5), berlin))) == 1


def test_the_table_has_every_line_and_no_formula() -> None:
    organizer = factories.make_organizer()
    make_history(organizer)
    statement = open_statement(factories.actor_of(organizer), "GHS", MARCH)
    text = "".join(statement_csv(statement, list_statement_lines(statement)))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == ["Time", "What", "Reference", "Event", "Amount", "Balance", "Currency"]
    assert rows[1][:2] + rows[1][4:] == ["2026-03-01", "Opening balance", "", "0.00", "GHS"]
    assert rows[2][0] == "2026-03-02T12:00:00+00:00"
    assert rows[2][3:] == ["'=SUM(A1)", "50.00", "50.00", "GHS"]
    assert rows[-1][1] == "Closing balance"
    assert rows[-1][5] == "150.00"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", "\0=1", "－1", " =1", "＝1"])
def test_what_a_program_may_take_for_a_formula_is_told_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Highlife", "5 = 5", "", "'quoted", "Ɛdwom"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_a_period_is_a_year_at_most_and_the_right_way_round() -> None:
    day_on = date(2026, 3, 1)
    for first_on, last_on, sentence in (
        (None, day_on, "Enter a day"),
        (day_on, day_on - timedelta(days=1), "before the first"),
        (day_on, day_on + timedelta(days=400), "a year at most"),
        (date(1, 1, 1), date(1, 1, 2), "nothing in these years"),
    ):
        with pytest.raises(Invalid, match=sentence):
            period_between(first_on, last_on, ZONE)
    assert period_between(day_on, day_on, ZONE).end_at == on(3, 2, 0)


def test_nobody_but_an_organizer_has_a_statement_and_nobody_sees_that_of_another() -> None:
    organizer = factories.make_organizer()
    make_history(organizer)
    assert lines_of(factories.make_organizer(), MARCH) == []
    with pytest.raises(Forbidden):
        open_statement(factories.actor_of(factories.make_user()), "GHS", MARCH)


def test_one_sale_and_twenty_take_the_same_statements() -> None:
    organizer = factories.make_organizer()
    event = factories.make_simple_event(organizer=organizer)
    for day in range(1, 21):
        sell(event, on(3, day))
    actor = factories.actor_of(organizer)
    with counted_statements() as statements:
        assert len(list(list_statement_lines(open_statement(actor, "GHS", MARCH)))) == 20
    assert len(statements) == 4

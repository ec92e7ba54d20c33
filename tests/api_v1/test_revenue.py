"""An organizer's revenue through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from easyticket.core import clock
from easyticket.models import User
from easyticket.queries.revenue import get_revenue_report
from easyticket.rules.periods import RevenuePeriod
from easyticket.rules.permissions import SYSTEM
from easyticket.services import refund_sending, refunds
from easyticket.services.payments import settle_payment
from tests import factories
from tests.api_v1.conftest import Caller
from tests.services.test_payments import approved
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/v1/organizers/revenue/"
MARCH = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def travel() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def organizer(travel: time_machine.Coordinates) -> User:
    """Sold one ticket at the end of 2026, two in February (of one of them half came back), one in March, and one in dollars."""
    organizer = factories.make_organizer()
    ahead = {"organizer": organizer, "start_at": MARCH + timedelta(days=30)}
    drums = factories.make_simple_event(title="Drums", price_minor=5_000, **ahead)
    strings = factories.make_simple_event(title="Strings", price_minor=8_000, **ahead)
    abroad = factories.make_simple_event(title="Abroad", price_minor=1_000, currency="USD", **ahead)
    for moment, event, returned in (
        (clock.now(), drums, 0),
        (MARCH - timedelta(days=20), drums, 2_625),
        (MARCH - timedelta(days=20), strings, 0),
        (MARCH, drums, 0),
        (MARCH + timedelta(minutes=1), abroad, 0),
    ):
        travel.move_to(moment)
        order, payment = approved(event, 1)
        settle_payment(payment.reference)
        if returned:
            refund = refunds.request_refund(
                actor=SYSTEM, order=order, amount_minor=returned, source="organizer", now=clock.now()
            )
            refund_sending.send_refund(refund.id)
    return organizer


def test_an_organizer_reads_what_was_earned_and_what_can_be_paid_out(
    organizer: User, call: Callable[..., Caller]
) -> None:
    body = call(organizer).get(PATH).json
    assert (body["period"], body["currency"]) == ("all_time", "GHS")
    assert body["summary"] == {
        "gross_revenue": "230.00",
        "platform_fees": "10.25",
        "net_revenue": "205.00",
        "refunds": "25.00",
        "total_tickets_sold": 4,
        "total_events": 2,
        "average_ticket_price": "57.50",
    }
    assert body["payout_status"] == {
        "available_balance": "0.00",
        "pending_balance": "205.00",
        "on_hold_balance": "0.00",
        "total_paid_out": "0.00",
        "total_earnings": "205.00",
        "total_withdrawn": "0.00",
        "next_payout_date": "2027-04-09",
    }
    drums, strings = body["revenue_by_event"]
    assert (drums["event_title"], strings["event_title"]) == ("Drums", "Strings")
    assert {name: drums[name] for name in ("gross_revenue", "net_revenue", "platform_fee")} == {
        "gross_revenue": "150.00",
        "net_revenue": "125.00",
        "platform_fee": "6.25",
    }
    months = [(row["month"], row["gross_revenue"], row["net_revenue"]) for row in body["revenue_by_month"]]
    assert months == [
        ("2027-03", "50.00", "50.00"),
        ("2027-02", "130.00", "105.00"),
        ("2026-12", "50.00", "50.00"),
    ]
    latest = body["recent_transactions"][1]
    assert latest == {
        "date": "2027-03-10T12:00:00Z",
        "event_title": "Drums",
        "ticket_type": "Standard",
        "quantity": 1,
        "amount": "50.00",
        "platform_fee": "2.50",
        "net_amount": "50.00",
        "currency": "GHS",
    }
    [dollars] = body["other_currencies"]
    assert (dollars["currency"], dollars["summary"]["gross_revenue"]) == ("USD", "10.00")


def test_a_period_is_one_of_months_and_years_of_the_sites_zone(
    organizer: User, call: Callable[..., Caller]
) -> None:
    ask = call(organizer).get

    def gross(period: str) -> str:
        return str(ask(PATH, query_string={"period": period}).json["summary"]["gross_revenue"])

    assert [gross(each) for each in ("this_month", "last_month", "this_year", "")] == [
        "50.00",
        "130.00",
        "180.00",
        "230.00",
    ]
    refused = ask(PATH, query_string={"period": "tomorrow"})
    assert (refused.status_code, list(refused.json["details"])) == (400, ["period"])
    assert call().get(PATH).status_code == 401


def test_who_sold_nothing_has_zeros(call: Callable[..., Caller]) -> None:
    body = call(factories.make_user()).get(PATH).json
    assert set(body["summary"].values()) == {"0.00", 0}
    assert body["payout_status"]["next_payout_date"] is None
    lists = ("revenue_by_event", "revenue_by_month", "recent_transactions", "other_currencies")
    assert [body[name] for name in lists] == [[], [], [], []]


def test_revenue_takes_as_many_statements_for_many_events_as_for_one() -> None:
    organizer = factories.make_organizer()
    actor, counts = factories.actor_of(organizer), []
    for quantity in (1, 5):
        for _ in range(quantity):
            event = factories.make_simple_event(organizer=organizer)
            _, payment = approved(event, 1)
            settle_payment(payment.reference)
        with counted_statements() as seen:
            get_revenue_report(actor, RevenuePeriod.ALL_TIME, clock.now())
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 7

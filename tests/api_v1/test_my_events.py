"""An organizer's own events through the door of the Cafa Tickets API: lists, sums, and one with all that its form shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.models import EventImage, EventStatus, PaymentProfile, ProfileMethod
from tests import factories
from tests.api_v1.conftest import Caller
from tests.api_v1.test_browse import ITEM_KEYS
from tests.queries.test_event_sales import buy
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

Call = Callable[..., Caller]
MINE = "/api/v1/events/my-events/"
NUMBERS = {
    "total_tickets": 100,
    "tickets_sold": 2,
    "tickets_remaining": 98,
    "tickets_checked_in": 0,
    "sales_percentage": 2.0,
    "gross_revenue": "100.00",
    "net_revenue": "100.00",
    "platform_fee": "5.00",
    "currency": "GHS",
    "page_views": 0,
    "unique_visitors": 0,
    "conversion_rate": 0.0,
}
KIND_KEYS = set(
    "id name price quantity tickets_sold tickets_remaining revenue sales_percentage available_from available_until status "
    "description min_purchase max_purchase".split()
)


def test_the_list_has_numbers_ticket_types_and_a_summary(call: Call) -> None:
    organizer = factories.make_organizer()
    event = factories.make_simple_event(title="Drums", organizer=organizer)
    buy(event, 2)
    factories.make_event(title="Sketch", organizer=organizer, status=EventStatus.DRAFT)
    factories.make_simple_event(title="Over", organizer=organizer, start_at=clock.now() - timedelta(days=2))
    factories.make_simple_event(title="Foreign")
    assert call().get(MINE).status_code == 401
    caller = call(organizer)
    page = caller.get(MINE, query_string={"sort_by": "-revenue", "page_size": 1}).json
    assert (page["count"], page["total_pages"], page["current_page"], page["page_size"]) == (3, 3, 1, 1)
    assert page["summary"] == {
        "total_events": 3,
        "upcoming_events": 2,
        "ongoing_events": 0,
        "past_events": 1,
        "total_revenue": "100.00",
        "total_tickets_sold": 2,
        "currency": "GHS",
        "revenue_by_currency": {"GHS": "100.00"},
    }
    [row] = page["results"]
    assert row.keys() >= ITEM_KEYS
    assert row["organizer"]["id"] == organizer.id
    assert row["category"]["slug"] == "other"
    assert row["analytics"].pop("last_sale_date").endswith("Z")
    assert row["analytics"] == NUMBERS
    [kind] = row["ticket_types"]
    assert kind.keys() >= KIND_KEYS
    assert (kind["revenue"], kind["sales_percentage"], kind["status"]) == ("100.00", 2.0, "active")

    def titles(**asked: str) -> list[str]:
        return [each["title"] for each in caller.get(MINE, query_string=asked).json["results"]]

    assert titles(status="upcoming", is_published="true") == ["Drums"]
    assert titles(is_published="false") == ["Sketch"]
    assert sorted(titles(is_published="all", status="all", sort_by="no_such", category="")) == [
        "Drums",
        "Over",
        "Sketch",
    ]
    assert titles(status="past", search="over") == ["Over"]
    assert titles(category="no-such") == []
    for wrong in ({"status": "soon"}, {"is_published": "maybe"}):
        answer = caller.get(MINE, query_string=wrong)
        assert (answer.status_code, [*answer.json["details"]]) == (400, [*wrong])
    assert caller.get(f"{MINE}?page=4").status_code == 404
    assert call(factories.make_user()).get(MINE).json["summary"]["total_events"] == 0


def test_one_event_shows_what_its_form_needs_to_its_organizer_only(call: Call) -> None:
    organizer = factories.make_organizer(phone_number="+233241234567")
    profile = PaymentProfile(
        user_id=organizer.id,
        method=ProfileMethod.MOBILE_MONEY,
        name="MTN",
        account_number="0241234567",
        account_name="Ama",
    )
    with transaction() as session:
        session.add(profile)
    event = factories.make_tiered_event(
        organizer=organizer,
        payment_profile_id=profile.id,
        venue_latitude=5.56,
        venue_longitude=-0.205744,
        recurrence={"frequency": "weekly"},
    )
    with transaction():
        event.images.append(EventImage(path="0f8fad5bd9cb469fa16570867728950e-600x300.webp"))
    body = call(organizer).get(f"{MINE}{event.id}/").json
    assert body.keys() >= ITEM_KEYS
    assert (body["organizer"]["email"], body["organizer"]["phone"]) == (organizer.email, "+233241234567")
    assert body["venue_location"] == {"latitude": "5.560000", "longitude": "-0.205744"}
    assert body["additional_images"] == ["/media/0f8fad5bd9cb469fa16570867728950e-600x300.webp"]
    assert body["recurrence_pattern"] == {
        "frequency": "weekly",
        "interval": 1,
        "end_date": None,
        "occurrences": None,
    }
    assert body["payment_profile"] == {
        "id": str(profile.uuid),
        "name": "MTN",
        "method": "mobile_money",
        "status": "pending_verification",
        "is_verified": False,
        "is_default": False,
    }
    assert [kind["name"] for kind in body["ticket_types"]] == ["Seat - Regular", "Seat - Gold"]
    assert all(kind.keys() >= KIND_KEYS for kind in body["ticket_types"])
    assert body["analytics"]["tickets_sold"] == 0

    other = factories.make_simple_event()
    bare = call(other.organizer).get(f"{MINE}{other.slug}/").json
    assert (bare["payment_profile"], bare["venue_location"], bare["recurrence_pattern"]) == (None, None, None)
    assert call().get(f"{MINE}{other.slug}/").status_code == 401
    assert call(organizer).get(f"{MINE}{other.slug}/").status_code == 404


def test_a_page_of_twenty_takes_as_many_statements_as_one_of_one(call: Call) -> None:
    organizer = factories.make_organizer()
    caller = call(organizer)

    def statements() -> tuple[int, int]:
        with counted_statements() as seen:
            rows = caller.get(MINE).json["results"]
        return len(rows), len(seen)

    factories.make_simple_event(organizer=organizer, category=factories.make_category())
    caller.get(MINE)  # whatever the first request alone asks
    _, first = statements()
    for _ in range(19):
        factories.make_simple_event(organizer=organizer, category=factories.make_category())
    assert statements() == (20, first)

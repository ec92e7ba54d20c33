"""Each pricing type through the API as an organizer and a buyer go: event, ticket type, what can be bought, an order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from tests import factories
from tests.api.conftest import Caller

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

TYPES = "/api/tickets/types/"
# What is posted to make the offers one by one: the resource, and the bodies. The first is the one that is bought.
ONE_BY_ONE: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "tiered": (
        "tiers",
        [
            {"tier_number": 1, "name": "VIP", "price": "150.00", "quantity": 3},
            {"tier_number": 2, "name": "Student", "price": "40.00", "quantity": 50},
        ],
    ),
    "day_based": (
        "day-passes",
        [
            {"day_number": 1, "name": "Day 1", "price": "50.00", "quantity": 3},
            {"name": "All days", "price": "100.00", "quantity": 50, "is_all_days": True},
        ],
    ),
    "tier_and_day": (
        "day-tier-prices",
        [
            {"day_number": day, "day_name": f"Day {day}", **tier, "price": price, "quantity": 3}
            for day, tier, price in (
                (1, {"tier_number": 1, "tier_name": "VIP"}, "150.00"),
                (1, {"tier_number": 2, "tier_name": "General"}, "75.00"),
                (2, {"tier_number": 1, "tier_name": "VIP"}, "150.00"),
            )
        ],
    ),
}
# How an order names what it buys of each pricing type, and where a type lists it.
LINE = {
    "tiered": ("ticket_tier_id", "tiers"),
    "day_based": ("day_pass_id", "day_passes"),
    "tier_and_day": ("day_tier_price_id", "day_tier_prices"),
}


def published_event(organizer: Caller, pricing_type: str) -> dict[str, Any]:
    start = clock.now() + timedelta(days=9)
    made = organizer.post(
        "/api/events/",
        {
            "title": "Harbour Festival",
            "description": "Three days by the sea.",
            "pricing_type": pricing_type,
            "venue_name": "Old Harbour",
            "venue_city": "Accra",
            "start_date": start.isoformat(),
            "end_date": (start + timedelta(days=3)).isoformat(),
            "total_capacity": 500,
            "currency": "USD",
        },
    )
    assert made.status_code == 201, made.json
    published = organizer.post(f"/api/events/{made.json['slug']}/publish/")
    assert published.status_code == 200, published.json
    return dict(published.json)


def buy(call: Call, event: dict[str, Any], line: dict[str, Any]) -> Any:
    buyer = call(factories.make_user())
    return buyer.post(
        "/api/orders/", {"event": event["id"], "buyer_email": "ama@example.org", "items": [line]}
    )


def available(call: Call) -> list[Any]:
    return list(call().get(f"{TYPES}available/").json)


def test_simple_pricing(call: Call) -> None:
    organizer = call(factories.make_organizer())
    event = published_event(organizer, "simple")
    assert available(call) == []
    body = {
        "event": event["id"],
        "name": "General",
        "pricing_type": "simple",
        "price": 50,
        "total_quantity": 3,
    }
    made = organizer.post(TYPES, body)
    assert (made.status_code, made.json["price"]) == (201, "50.00")
    assert [row["id"] for row in available(call)] == [made.json["id"]]
    bought = buy(call, event, {"ticket_type_id": made.json["id"], "quantity": 2})
    assert (bought.status_code, bought.json["subtotal"]) == (201, "100.00"), bought.json
    [row] = available(call)
    assert (row["available_quantity"], row["quantity_reserved"], row["quantity_sold"]) == (1, 2, 0)
    assert buy(call, event, {"ticket_type_id": made.json["id"], "quantity": 1}).status_code == 201
    assert available(call) == []
    told = call().get(f"{TYPES}{made.json['id']}/").json
    assert (told["available_quantity"], told["is_sold_out"], told["is_on_sale"]) == (0, True, True)


@pytest.mark.parametrize("pricing_type", ["tiered", "day_based", "tier_and_day"])
@pytest.mark.parametrize("nested", [True, False], ids=["made with it", "made one by one"])
def test_pricing_by_tiers_and_days(call: Call, pricing_type: str, nested: bool) -> None:
    organizer = call(factories.make_organizer())
    event = published_event(organizer, pricing_type)
    resource, bodies = ONE_BY_ONE[pricing_type]
    line_key, list_key = LINE[pricing_type]
    body = {"event": event["id"], "name": "Pass", "pricing_type": pricing_type, "total_quantity": 200}
    made = organizer.post(TYPES, body | ({list_key: bodies} if nested else {}))
    assert made.status_code == 201, made.json
    uuid = made.json["id"]
    if not nested:
        assert available(call) == []
        for each in bodies:
            posted = organizer.post(f"/api/tickets/{resource}/", {"ticket_type": uuid, **each})
            assert posted.status_code == 201, posted.json

    [row] = available(call)
    assert row["id"] == uuid
    assert (row["available_quantity"], row["quantity_available"]) == (
        200,
        sum(each["quantity"] for each in bodies),
    )
    assert row["min_price"] == min(float(each["price"]) for each in bodies)
    first = call().get(f"{TYPES}{uuid}/").json[list_key][0]
    bought = buy(call, event, {"ticket_type_id": uuid, line_key: first["id"], "quantity": 3})
    assert bought.status_code == 201, bought.json
    told = call().get(f"/api/tickets/{resource}/{first['id']}/").json
    assert (told["available_quantity"], told["quantity_reserved"], told["is_sold_out"]) == (0, 3, True)
    [row] = available(call)
    assert row["available_quantity"] == 197
    assert row["quantity_available"] == sum(each["quantity"] for each in bodies) - 3
    refused = buy(call, event, {"ticket_type_id": uuid, line_key: first["id"], "quantity": 1})
    assert (refused.status_code, "available" in refused.json["error"]) == (400, True)
    shown = call().get(f"/api/events/{event['slug']}/").json["ticket_types"]
    assert [len(each[list_key]) for each in shown] == [len(bodies)]

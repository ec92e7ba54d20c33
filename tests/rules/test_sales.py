"""When something is on sale, and the first reason why it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from easyticket.models import Event, EventStatus, Offer, TicketType
from easyticket.rules.sales import (
    NotOnSale,
    sales_end,
    sales_start,
    why_event_not_on_sale,
    why_not_on_sale,
    why_offer_not_on_sale,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_offer(
    *, event: dict[str, Any] | None = None, ticket_type: dict[str, Any] | None = None, **fields: Any
) -> Offer:
    of_event = {
        "status": EventStatus.PUBLISHED,
        "start_at": NOW + HOUR,
        "end_at": NOW + 5 * HOUR,
        **(event or {}),
    }
    kind = TicketType(event=Event(**of_event), **{"is_active": True, **(ticket_type or {})})
    return Offer(ticket_type=kind, **{"is_active": True, **fields})


def test_an_offer_without_a_window_is_on_sale_until_the_event_ends() -> None:
    assert why_not_on_sale(an_offer(), NOW) is None
    assert why_not_on_sale(an_offer(), NOW + 5 * HOUR - timedelta(seconds=1)) is None
    assert why_not_on_sale(an_offer(), NOW + 5 * HOUR) is NotOnSale.EVENT_OVER


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (EventStatus.DRAFT, NotOnSale.DRAFT),
        (EventStatus.CANCELLED, NotOnSale.CANCELLED),
        (EventStatus.PUBLISHED, None),
    ],
)
def test_only_published_events_sell(status: EventStatus, reason: NotOnSale | None) -> None:
    offer = an_offer(event={"status": status})
    assert why_event_not_on_sale(offer.ticket_type.event, NOW) is reason
    assert why_not_on_sale(offer, NOW) is reason
    assert why_offer_not_on_sale(offer, NOW) is None


def test_switching_off_the_type_or_the_offer_stops_the_sale() -> None:
    assert why_not_on_sale(an_offer(is_active=False), NOW) is NotOnSale.INACTIVE
    assert why_not_on_sale(an_offer(ticket_type={"is_active": False}), NOW) is NotOnSale.INACTIVE


def test_a_window_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    offer = an_offer(sales_start_at=NOW, sales_end_at=NOW + HOUR)
    assert why_not_on_sale(offer, NOW - timedelta(seconds=1)) is NotOnSale.NOT_YET
    assert why_not_on_sale(offer, NOW) is None
    assert why_not_on_sale(offer, NOW + HOUR) is NotOnSale.CLOSED


def test_the_windows_of_type_and_offer_both_count() -> None:
    offer = an_offer(
        ticket_type={"sales_start_at": NOW - 3 * HOUR, "sales_end_at": NOW + 3 * HOUR},
        sales_start_at=NOW - HOUR,
        sales_end_at=NOW + 4 * HOUR,
    )
    assert sales_start(offer) == NOW - HOUR
    assert sales_end(offer) == NOW + 3 * HOUR


def test_without_a_window_a_sale_has_neither_beginning_nor_end() -> None:
    assert sales_start(an_offer()) is None
    assert sales_end(an_offer()) is None


def test_a_ticket_for_one_day_is_sold_until_that_day_is_over_where_the_event_is() -> None:
    festival = {"time_zone": "America/New_York", "start_at": NOW, "end_at": NOW + 60 * HOUR}
    first_day = an_offer(event=festival, day_on=NOW.date())
    midnight = datetime(2026, 12, 2, 5, tzinfo=UTC)
    assert sales_end(first_day) == midnight
    assert why_not_on_sale(first_day, midnight - timedelta(seconds=1)) is None
    assert why_not_on_sale(first_day, midnight) is NotOnSale.CLOSED
    assert why_not_on_sale(an_offer(event=festival, is_all_days=True), midnight) is None

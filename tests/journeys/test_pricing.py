"""Each of the four kinds of pricing can be chosen from and bought, and the price is the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from easyticket.models import Event
from tests import factories
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is chosen at which kind of event, and what it costs with all fees."""

    make: Callable[..., Event]
    tickets: dict[str, int]
    total: str


PURCHASES = {
    "simple": Purchase(factories.make_simple_event, {"Standard": 3}, "GH₵ 157.50"),
    "tiers": Purchase(factories.make_tiered_event, {"Seat - Regular": 1, "Seat - Gold": 2}, "GH₵ 241.50"),
    "days": Purchase(
        factories.make_day_event, {"Festival pass - Day 2": 1, "Festival pass - All days": 1}, "GH₵ 147.00"
    ),
    "grid": Purchase(
        factories.make_grid_event, {"Pass - Regular - Day 1": 2, "Pass - VIP - Day 2": 1}, "GH₵ 210.00"
    ),
}


@pytest.mark.parametrize("kind", PURCHASES)
def test_tickets_of_every_kind_of_pricing_can_be_chosen_and_bought(
    kind: str, live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    purchase = PURCHASES[kind]
    with backstage():
        slug = purchase.make(title=f"Sold by {kind}").slug
    phone = new_page(live_server, **PHONE)
    phone.goto(f"/events/{slug}/")
    for ticket, quantity in purchase.tickets.items():
        steps.choose(phone, ticket, quantity)
    expect(phone.locator("[data-total]")).to_have_text(purchase.total)

    steps.go_on_to_details(phone)
    steps.say_who_buys(phone, "Kojo Antwi-Boasiako", "kojo@example.org")
    expect(steps.pay_button(phone)).to_have_text(f"Pay {purchase.total}")
    steps.go_to_payment(phone)
    expect(phone.get_by_role("heading", name=purchase.total)).to_be_visible()
    steps.decide(phone, "Approve")

    expect(phone.get_by_role("heading", name=f"You are going to Sold by {kind}")).to_be_visible()
    bought = phone.locator(".ticket .ticket-type").all_inner_texts()
    assert sorted(bought) == sorted(name for name, number in purchase.tickets.items() for _ in range(number))

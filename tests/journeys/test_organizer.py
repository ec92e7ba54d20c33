"""An organizer makes an event with one form, everybody sees it, and the desk counts what it sells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from easyticket.core import clock
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

ORGANIZER = "gifty.asamoah@example.org"
TITLE = "Saturday Stories for Grown-ups"


def test_an_event_is_published_seen_bought_and_counted(
    live_server: EasyTicketServer, new_page: Callable[..., Page], page: Page, backstage: Backstage
) -> None:
    with backstage():
        factories.make_organizer(email=ORGANIZER)
        category = factories.make_category("Storytelling").name
    steps.sign_in(page, ORGANIZER)
    page.goto("/organizer/")
    page.get_by_role("link", name="Create your first event").click()
    fill_in_the_event(page, category)
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Published. Everybody can see it now.")).to_be_visible()
    expect(page.get_by_text("0 of 40 sold", exact=True)).to_be_visible()

    visitor = new_page(live_server)
    visitor.goto("/events/?q=grown-ups")
    visitor.get_by_role("link", name=TITLE).click()
    steps.choose(visitor, "Evening", 2)
    steps.go_on_to_details(visitor)
    # The desk hears of it by itself.
    expect(page.locator("[data-sentence]")).to_have_text("0 of 40 sold, 2 held", timeout=15_000)

    steps.say_who_buys(visitor, "Kobina Eshun", "kobina@example.org")
    expect(steps.pay_button(visitor)).to_have_text("Pay GH₵ 63.00")
    steps.go_to_payment(visitor)
    steps.decide(visitor, "Approve")
    expect(visitor.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()
    expect(page.locator("[data-sentence]")).to_have_text("2 of 40 sold, GH₵ 60.00 earned", timeout=15_000)


def fill_in_the_event(page: Page, category: str) -> None:
    day = clock.now() + timedelta(days=10)
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Category").select_option(category)
    page.get_by_text("What people will see and hear, and how").click()
    page.get_by_label("Description (optional)").fill("Six stories, **told** without a book.")
    page.get_by_label("Begins").fill(f"{day:%Y-%m-%d}T19:00")
    page.get_by_label("Ends").fill(f"{day:%Y-%m-%d}T22:00")
    page.get_by_label("Time zone").select_option("Africa/Accra")
    page.get_by_label("Venue", exact=True).fill("The Yard")
    page.get_by_label("City").fill("Accra")
    page.get_by_label("Ticket", exact=True).fill("Evening")
    page.get_by_label("How many").fill("40")
    page.get_by_label("Price", exact=True).fill("30")
    page.get_by_label("Currency").select_option("GHS")

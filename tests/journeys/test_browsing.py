"""Looking for something to go to: searching while the list changes, going back, and doing it all without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from easyticket.db import db, transaction
from easyticket.models import EventImage, Offer
from easyticket.rules.search import fold
from tests import factories
from tests.fixtures.browser import DESK, PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage

HOSTILE = [
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "[click](javascript:alert(1))",
    '<a href="javascript:alert(1)">click</a><iframe src="javascript:alert(1)"></iframe>',
    "<style>*{display:none}</style><p style='position:fixed'>x</p>",
]

_BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'
_NAMES = (f"Kodzoŋlɔ{letter}" for letter in "abcdefgh")


@pytest.fixture
def name(backstage: Backstage) -> str:
    """What two events of this test alone are called, one of them free."""
    name = next(_NAMES)
    with backstage():
        factories.make_simple_event(title=f"{name} drums")
        factories.make_simple_event(title=f"{name} reading", price_minor=0)
    return name


def titles(page: Page) -> list[str]:
    return page.locator("#results .event-card-title").all_inner_texts()


def test_the_list_changes_while_one_searches_and_comes_back_with_the_back_button(
    page: Page, name: str
) -> None:
    query = fold(name)
    page.goto("/events/")
    page.get_by_role("searchbox").fill(query)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("2 events", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/events/\?q={query}$"))
    expect(page.locator("#announcer")).to_have_text("Events: 2 events")

    page.get_by_label("Free", exact=True).check()
    expect(page.get_by_text("1 event", exact=True)).to_be_visible()
    assert titles(page) == [f"{name} reading"]
    expect(page).to_have_url(re.compile(rf"\?q={query}&free=1$"))

    page.go_back()
    expect(page.get_by_text("2 events", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/events/\?q={query}$"))
    expect(page.get_by_label("Free", exact=True)).not_to_be_checked()

    page.get_by_role("link", name=f"Take off: “{query}”").click()
    expect(page).to_have_url(re.compile(r"/events/$"))


def test_everything_can_be_found_and_chosen_without_scripts(no_js_page: Page, name: str) -> None:
    page = no_js_page
    page.goto("/")
    page.get_by_role("searchbox").fill(name.upper())
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_text("2 events", exact=True)).to_be_visible()
    page.get_by_label("Order", exact=True).select_option("Lowest price first")
    page.get_by_role("button", name="Show results").click()
    assert titles(page) == [f"{name} reading", f"{name} drums"]
    page.get_by_role("link", name=f"{name} drums").click()
    steps.choose(page, "Standard", 2)
    steps.go_on_to_details(page)
    expect(steps.pay_button(page)).to_have_text("Pay GH₵ 105.00")


def test_a_choice_that_is_refused_keeps_what_was_typed(no_js_page: Page, backstage: Backstage) -> None:
    with backstage():
        event = factories.make_tiered_event(
            [("Regular", 5_000, 8), ("Gold", 9_000, 8)], title="Short of gold"
        )
        slug, gold = event.slug, event.ticket_types[0].offers[1].id
    page = no_js_page
    page.goto(f"/events/{slug}/")
    steps.choose(page, "Seat - Regular", 3)
    steps.choose(page, "Seat - Gold", 4)
    with backstage():
        factories.sell_places(db.session.get_one(Offer, gold), 6)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("2")
    expect(page.get_by_label("Quantity: Seat - Regular")).to_have_value("3")
    expect(page.get_by_label("Quantity: Seat - Gold")).to_have_value("4")
    expect(page.get_by_text("2 left")).to_be_visible()


def test_the_live_total_counts_the_fee_as_the_order_does(page: Page, backstage: Backstage) -> None:
    # A fee of 2.525 on one ticket rounds up, on two it is 5.05: counted one by one it would be a pesewa more.
    with backstage():
        slug = factories.make_simple_event(title="Half a pesewa", price_minor=5_050).slug
    page.goto(f"/events/{slug}/")
    expect(page.locator("[data-total]")).to_have_text("Choose your tickets")
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    page.get_by_label("One more: Standard").click()
    expect(page.locator("[data-total]")).to_have_text("GH₵ 53.03")
    page.get_by_label("One more: Standard").click()
    expect(page.locator("[data-total]")).to_have_text("GH₵ 106.05")
    steps.go_on_to_details(page)
    expect(steps.pay_button(page)).to_have_text("Pay GH₵ 106.05")


def test_the_steps_of_a_number_keep_the_limits_of_a_purchase(page: Page, backstage: Backstage) -> None:
    with backstage():
        event = factories.make_event(title="In pairs")
        factories.make_ticket_type(event, name="Pair", min_purchase=2, max_purchase=3, price_minor=0)
        slug = event.slug
    page.goto(f"/events/{slug}/")
    number = page.get_by_label("Quantity: Pair")
    page.get_by_label("One more: Pair").click()
    expect(number).to_have_value("2")
    expect(page.locator("[data-total]")).to_have_text("Free")
    page.get_by_label("One more: Pair").click()
    expect(number).to_have_value("3")
    expect(page.get_by_label("One more: Pair")).to_be_disabled()
    page.get_by_label("One less: Pair").click()
    page.get_by_label("One less: Pair").click()
    expect(number).to_have_value("0")


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_an_organizer_types_never_runs(typed: str, page: Page, backstage: Backstage) -> None:
    with backstage():
        event = factories.make_event(
            title=f"Hostile {typed}",
            description=f"Below this stands the text.\n\n{typed}",
            short_description=typed,
            refund_policy=typed,
            venue_name=typed,
            organizer=factories.make_organizer(first_name=typed),
        )
        factories.make_ticket_type(event, name=typed, description=typed)
        slug = event.slug
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(f"/events/{slug}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hostile {typed}")
    expect(page.get_by_text("Below this stands the text.")).to_be_visible()
    for link in page.get_by_role("link", name="click").all():
        link.click()
    page.goto(f"/events/?q={slug.split('-')[0]}")
    assert not asked


@pytest.mark.parametrize(("number", "rows"), [(1, 1), (2, 1), (5, 3)])
def test_further_pictures_stand_apart_from_the_text_and_leave_no_gap_among_them(
    page: Page, backstage: Backstage, number: int, rows: int
) -> None:
    with backstage():
        event = factories.make_simple_event(description="Drums from Accra to Tamale.")
        with transaction():
            event.images += [EventImage(path="none.webp", position=each) for each in range(number)]
        path = f"/events/{event.slug}/"
    # No picture is needed to see where it stands.
    page.route("**/media/none.webp", lambda route: route.fulfill(content_type="image/svg+xml", body=_BLANK))
    page.goto(path)
    for size in (PHONE["viewport"], DESK["viewport"]):
        page.set_viewport_size(size)
        above = page.locator(".event-text").first.bounding_box()
        gallery = page.get_by_role("list", name="Pictures")
        boxes = [picture.bounding_box() for picture in gallery.get_by_role("listitem").all()]
        assert above and all(boxes)
        assert boxes[0]["y"] - (above["y"] + above["height"]) >= 24
        assert len({box["y"] for box in boxes}) == rows
        # Every row ends where the widest does.
        ends = {box["y"]: round(box["x"] + box["width"]) for box in boxes}
        assert len(set(ends.values())) == 1

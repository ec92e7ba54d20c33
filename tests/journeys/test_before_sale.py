"""By keyboard alone an organizer looks a draft over, rehearses it, publishes it, and later calls it off and sees it through."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from easyticket.db import db
from easyticket.models import Event, EventStatus
from tests import factories
from tests.journeys import scenes, steps
from tests.journeys.conftest import Backstage

ORGANIZER, BUYER = "yayra.tetteh@example.org", "selorm.doe@example.org"
TITLE = "Rain or Shine Cinema"
REASON = "The screen was torn by the storm."
# More than any page here has to be stepped over.
MOST_STEPS = 80


def test_a_draft_is_rehearsed_published_and_called_off_without_touching_a_mouse(
    page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    with backstage():
        event = factories.make_simple_event(
            title=TITLE, organizer=factories.make_organizer(email=ORGANIZER), status=EventStatus.DRAFT
        )
        desk, event_id = f"/organizer/events/{event.slug}/", event.id
    sign_in(page)
    page.goto(desk)
    look_it_over(page)
    rehearse(page, assert_accessible)
    press(page, page.get_by_role("button", name="Publish it now"))
    expect(page.get_by_text("Published. Everybody can see it now.")).to_be_visible()
    # The rehearsal sold nothing that counts.
    expect(page.locator("[data-sentence]")).to_have_text("0 of 100 sold")

    sell(backstage, event_id)
    page.reload()
    press(page, page.get_by_role("link", name="Cancel the event"))
    call_it_off(page, assert_accessible)
    see_it_through(page)
    steps.open_mail(page, ORGANIZER, f"Trial: your tickets for {TITLE}")
    steps.open_mail(page, BUYER, f"Cancelled: {TITLE}")
    expect(page.locator("body")).to_contain_text(REASON)


def reach(page: Page, wanted: Locator) -> None:
    """Step through the page until this has the focus, and see that the focus shows."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STEPS):
        if wanted.evaluate("each => each === document.activeElement"):
            assert wanted.evaluate("each => each.matches(':focus-visible')")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by keyboard")


def press(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    page.keyboard.press("Enter")


def write(page: Page, field: Locator, text: str) -> None:
    reach(page, field)
    page.keyboard.type(text)


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    write(page, page.get_by_label("E-mail"), ORGANIZER)
    write(page, page.get_by_label("Password", exact=True), factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("My tickets").first).to_be_attached()


def look_it_over(page: Page) -> None:
    expect(page.get_by_text("Only you see this event")).to_be_visible()
    page.keyboard.press("Tab")
    press(page, page.get_by_role("link", name="Skip to the content"))
    press(page, page.get_by_role("navigation", name="This event").get_by_role("link", name="Check"))
    expect(page.get_by_role("heading", name="Check before you publish")).to_be_visible()
    expect(page.get_by_text(re.compile("^It can be published; "))).to_be_visible()
    for title in ("No picture", "No payout account"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def rehearse(page: Page, assert_accessible: Callable[..., None]) -> None:
    press(page, page.get_by_role("button", name="Try it for real"))
    trial = page.get_by_role("region", name="Try it for real")
    expect(trial.get_by_text("Everything went well")).to_be_visible(timeout=steps.MAIL_PATIENCE * 1000)
    for step in ("Standard", "Test mail"):
        expect(trial.get_by_role("listitem").filter(has_text=step).first).to_contain_text("Good")
    assert_accessible(page)


def sell(backstage: Backstage, event_id: int) -> None:
    with backstage():
        event = db.session.get_one(Event, event_id)
        scenes.paid_order(event, "Selorm Doe", BUYER, quantity=2)
        scenes.paid_order(event, "Etornam Ziga", "etornam.ziga@example.org")
        scenes.held_order(event, "Fafa Nyarko", "fafa.nyarko@example.org")


def call_it_off(page: Page, assert_accessible: Callable[..., None]) -> None:
    expect(page.get_by_text("This cannot be undone")).to_be_visible()
    for line in ("Paid orders2", "Tickets that stop working at once3", "Goes back to the buyersGH₵ 157.50"):
        expect(page.locator(".totals")).to_contain_text(line)
    write(page, page.get_by_label("What should we tell everybody"), REASON)
    press(page, page.get_by_role("button", name="Cancel the event"))
    problem = page.get_by_role("alert")
    expect(problem).to_be_focused()
    assert_accessible(page)
    press(page, problem.get_by_role("link", name="Tick the box to cancel the event."))
    expect(page.get_by_label("Yes, cancel it")).to_be_focused()
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Cancel the event"))
    expect(page.get_by_text("Cancelled. Refunds and mails to the buyers are on their way.")).to_be_visible()


def see_it_through(page: Page) -> None:
    """The page looks again by itself until everybody has their money."""
    done = page.get_by_role("region", name="All buyers are dealt with")
    expect(done).to_be_visible(timeout=steps.MAIL_PATIENCE * 1000)
    expect(done.get_by_role("progressbar")).to_have_js_property("position", 1)
    expect(done).to_contain_text("2 of 2 paid orders ended: tickets off, buyer told")
    expect(done).to_contain_text("2 refunds returned")

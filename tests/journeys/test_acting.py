"""An administrator helps an organizer from the organizer's own desk: for all to see, and never with their money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from easyticket.core import clock
from easyticket.models import OrderStatus
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

HELPER = "helper@example.org"
ORGANIZER = "korkor.quartey@example.org"
BANNER = "You act in the place of Korkor Quartey. It is noted."


def test_acting_for_an_organizer_shows_on_every_page_is_written_down_and_leaves_money_alone(
    live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    with backstage():
        factories.make_staff(email=HELPER, first_name="Selorm", last_name="Agbo")
        organizer = factories.make_organizer(email=ORGANIZER, first_name="Korkor", last_name="Quartey")
        event = factories.make_simple_event(
            title="Rooftop Chorus", organizer=organizer, start_at=clock.now() + timedelta(hours=1)
        )
        slug, order = event.slug, factories.make_order(event, status=OrderStatus.CONFIRMED)
        issue_tickets(order, clock.now())
        number = order.number
    admin = new_page(live_server)
    steps.sign_in(admin, HELPER)
    take_their_place(admin)
    the_banner_is_on_every_page(admin, slug, number)
    let_somebody_in(admin, slug)
    leave_the_money_alone(admin)
    admin.get_by_role("button", name="Stop").click()
    expect(admin.get_by_text("You no longer act in the place of Korkor Quartey.")).to_be_visible()
    expect(admin.get_by_text(BANNER)).to_have_count(0)

    for page, email, who in (
        (admin, "", f"Selorm Agbo ({HELPER}), in the place of Korkor Quartey ({ORGANIZER})"),
        (new_page(live_server), ORGANIZER, "An administrator, in the place of Korkor Quartey"),
    ):
        if email:
            steps.sign_in(page, email)
        page.goto(f"/organizer/events/{slug}/history/")
        expect(page.get_by_role("main")).to_contain_text(who)
        expect(page.get_by_role("main")).to_contain_text("Let somebody in by hand")


def take_their_place(admin: Page) -> None:
    admin.goto("/admin/organizers/")
    admin.get_by_label("Find an account").fill("quartey")
    admin.get_by_role("button", name="Find", exact=True).click()
    admin.get_by_role("link", name="Korkor Quartey").click()
    admin.get_by_role("button", name="Act in their place").click()
    expect(admin.get_by_text(BANNER)).to_be_visible()


def the_banner_is_on_every_page(admin: Page, slug: str, number: str) -> None:
    """On those of errors too; the rooms of administrators are closed meanwhile."""
    desk = f"/organizer/events/{slug}"
    for path in (
        *("/", "/events/", f"/events/{slug}/", "/orders/", "/profile/", "/organizer/", "/organizer/money/"),
        *(f"{desk}/", f"{desk}/orders/", f"{desk}/attendees/", f"/organizer/orders/{number}/"),
        *(f"/gate/{slug}/", "/admin/", "/no-such-page/"),
    ):
        admin.goto(path)
        expect(admin.get_by_text(BANNER)).to_be_visible()


def let_somebody_in(admin: Page, slug: str) -> None:
    admin.goto(f"/organizer/events/{slug}/attendees/")
    admin.get_by_role("button", name="Check in").click()
    expect(admin.get_by_role("button", name="Undo")).to_be_visible()


def leave_the_money_alone(admin: Page) -> None:
    """Nothing about it is offered, and a form that is sent all the same is refused."""
    admin.get_by_role("navigation", name="Organizer").get_by_role("link", name="Money").click()
    expect(admin.get_by_text("Only they can ask for it, and say where it goes.")).to_be_visible()
    for name in ("Mobile money", "Bank account", "Ask for a payout"):
        expect(admin.get_by_role("link", name=name)).to_have_count(0)
    token = admin.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = admin.request.post(
        "/organizer/money/automatic/",
        form={"csrf_token": token, "is_wanted": "1"},
        headers={"Referer": admin.url},
    )
    assert answer.status == 403
    assert "Only the owner of the account can do this." in answer.text()
